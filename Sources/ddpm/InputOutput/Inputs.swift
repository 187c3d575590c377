// What commands are given to work with: data that fit a model, threads, and the error where an input is missing.

import Diffusion

/// An input that is not there, with what can be done about it.
struct MissingInput: Error, CustomStringConvertible {
  let description: String
}

extension Dataset {
  /// Makes sure that images and labels are those of a model.
  ///
  /// - Throws: `FileError`.
  func check(for model: DiffusionModel) throws(FileError) {
    guard images.size == model.imageSize else {
      throw FileError(
        path: name,
        .invalid("its images are \(images.size), those of the model \(model.imageSize)"))
    }
    if let classes = model.classCount { try checkLabels(below: classes) }
  }
}

/// The cores that this process may use, or as many threads as asked for.
func threadCount(_ asked: Int?) -> Int {
  asked ?? AvailableCores.count
}
