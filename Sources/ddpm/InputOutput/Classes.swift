// Classes in pictures: how many images, one row per class, and what the picture says of them.

import Diffusion

/// Pictures of images of all classes.
private enum ClassGrid {
  /// Images of an unconditional model, or of one class.
  static let usualCount = 64
  /// Images of each class.
  static let columns = 8
  /// The most classes that each get a row.
  static let mostRows = 64
}

extension DiffusionModel {
  /// How many images are drawn where nobody says.
  func defaultCount(_ choice: ClassChoice?) -> Int {
    guard let rows = classRows(choice), rows <= ClassGrid.mostRows else {
      return ClassGrid.usualCount
    }
    return rows * ClassGrid.columns
  }

  /// The rows of a picture of `count` images: one per class, where there is more than one image per
  /// class. As image i is of the class i mod K, the picture is then filled column by column.
  func rows(of count: Int, _ choice: ClassChoice?) -> Int? {
    classRows(choice).flatMap { $0 < count ? $0 : nil }
  }

  private func classRows(_ choice: ClassChoice?) -> Int? {
    switch choice {
    case .one, .each: nil
    case .all, nil: classCount.map { _ in configuration.seenClasses.count }
    }
  }

  /// What a picture says of classes and guidance.
  ///
  /// - Parameter guide: the path of the model that guides.
  func text(
    _ options: SamplingOptions, guide: String? = nil
  ) -> [(key: String, value: String)] {
    let guidance = options.guidance?.text(guide: guide)
    guard classCount != nil else { return guidance.map { [("guidance", $0)] } ?? [] }
    let format = ValueFormat<ClassChoice>.classChoice
    return [
      ("class", format.write(options.classes ?? .all)), ("guidance", guidance ?? "0"),
    ]
  }
}
