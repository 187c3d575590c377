// The images that `ddpm edit` works on, with their classes.

import Diffusion

/// Images to edit, in [-1, 1], and the class of each where that is known.
struct EditImages {
  var images: Images
  var classes: [Int]?
}

extension EditSettings {
  /// Far beyond the floats of any image, which may leave [-1, 1] by a little.
  private static let largestValue: Float = 2
  /// Images of a split, where nobody says how many.
  private static let usualCount = 8
  /// The corners of a sheet.
  static let corners = 4

  /// Reads the images.
  ///
  /// - Parameter folder: the model's.
  /// - Throws: `MissingInput`, `FileError`; `UsageError` for images that are not there, or without a
  ///   class that the model needs.
  func read(
    for model: DiffusionModel, in folder: String, _ progress: SharedProgress
  ) throws -> EditImages {
    switch input {
    case .split(let split):
      let heldOut = self.data.heldOutSeed(of: folder, or: seed)
      let data = try data.load(split, seed: heldOut)
      if split == .test, let note = self.data.note(heldOutBy: heldOut) {
        progress.warn("the test images are \(note)")
      }
      if model.classCount != nil || classNumber != nil { try data.check(for: model) }
      if let classNumber, data.labels == nil {
        throw FileError(
          path: data.name,
          .invalid("has no labels to find class \(classNumber) by: leave --class out"))
      }
      let all = data.images.count
      let places = (0..<all).filter { place in
        classNumber.map { data.labels?[place] == UInt8(exactly: $0) } ?? true
      }
      let chosen = try choose(places, usual: usualCount, of: data.name)
      return EditImages(
        images: Images(data.images).picked(chosen),
        classes: data.labels.map { labels in chosen.map { Int(labels[$0]) } })
    case .file(let path):
      let all = try Images(editing: path)
      if let value = all.values.first(where: { abs($0) > EditSettings.largestValue }) {
        throw FileError(
          path: path, .invalid("holds a value of \(value): images are floats from -1 to 1"))
      }
      let chosen = try choose(Array(0..<all.count), usual: all.count, of: path)
      if classNumber == nil, model.classCount != nil || needsClasses,
        let labels = try LabelFile.classes(
          beside: path, of: all.count, below: needsClasses ? nil : model.classCount)
      {
        return EditImages(images: all.picked(chosen), classes: chosen.map { labels[$0] })
      }
      if let classes = model.classCount, classNumber == nil {
        throw UsageError(
          "--class: say which of the classes 0 to \(classes - 1) the images of \(path) are of")
      }
      return EditImages(
        images: all.picked(chosen),
        classes: classNumber.map { number in chosen.map { _ in number } })
    }
  }

  private var usualCount: Int {
    if case .interpolate(_, isSheet: true) = edit { return EditSettings.corners }
    return EditSettings.usualCount
  }

  /// Whether the images' classes matter to what is done to them, whatever the model knows.
  private var needsClasses: Bool { if case .move = edit { true } else { false } }

  private func choose(_ places: [Int], usual: Int, of name: String) throws -> [Int] {
    guard let pick else {
      let chosen = Array(places.prefix(count ?? usual))
      guard !chosen.isEmpty, chosen.count == count ?? chosen.count else {
        throw FileError(
          path: name,
          .invalid(
            "has \(counted(places.count, "image")) of what is asked for, not"
              + " \(count.map(String.init) ?? "one")"))
      }
      return chosen
    }
    if let missing = pick.first(where: { !places.indices.contains($0) }) {
      throw FileError(
        path: name,
        .invalid("has \(counted(places.count, "image")) of what is asked for, and no \(missing)"))
    }
    return pick.map { places[$0] }
  }
}

extension Images {
  /// The images of a file, by its ending.
  init(editing path: String) throws(FileError) {
    let name = path.lowercased()
    if name.hasSuffix(".png") {
      try self.init(png: path)
    } else if name.hasSuffix(".npy") {
      try self.init(npy: path)
    } else {
      self.init(try IDX.images(at: path))
    }
  }

  /// The image of a PNG.
  init(png path: String) throws(FileError) {
    let picture = try PNG.read(path)
    self.init(
      ByteImages(
        size: ImageSize(height: picture.height, width: picture.width, channels: picture.channels),
        pixels: picture.pixels))
  }

  /// Some of the images, in this order.
  func picked(_ places: [Int]) -> Images {
    Images(
      size: size,
      values: places.flatMap { values[$0 * size.values..<($0 + 1) * size.values] })
  }

  /// How much red, green and blue count in a colour's brightness (ITU-R BT.601).
  private static let luma: [Float] = [0.299, 0.587, 0.114]

  /// The images with the channels of another size where one is grey and the other RGB: grey becomes three
  /// times grey, RGB its brightness.
  func withChannels(of other: ImageSize) -> Images {
    guard Set([size.channels, other.channels]) == [1, 3] else { return self }
    let pixels = stride(from: 0, to: values.count, by: size.channels).flatMap { place in
      let grey =
        size.channels == 1
        ? values[place]
        : zip(Images.luma, values[place..<place + 3]).reduce(0) { $0 + $1.0 * $1.1 }
      return Array(repeating: grey, count: other.channels)
    }
    return Images(
      size: ImageSize(height: size.height, width: size.width, channels: other.channels),
      values: pixels)
  }
}
