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
        progress.say("ddpm: the test images are \(note)")
      }
      if model.classCount != nil || classNumber != nil { try data.check(for: model) }
      let all = data.images.count
      let places = (0..<all).filter { place in
        classNumber.map { data.labels?[place] == UInt8(exactly: $0) } ?? true
      }
      let chosen = try choose(places, usual: EditSettings.usualCount, of: data.name)
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
      if classNumber == nil, let labels = try IDX.labels(beside: path, of: all.count) {
        return EditImages(
          images: all.picked(chosen), classes: chosen.map { Int(labels[$0]) })
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
  fileprivate init(editing path: String) throws(FileError) {
    let name = path.lowercased()
    if name.hasSuffix(".png") {
      let picture = try PNG.read(path)
      self.init(
        ByteImages(
          size: ImageSize(
            height: picture.height, width: picture.width, channels: picture.channels),
          pixels: picture.pixels))
    } else if name.hasSuffix(".npy") {
      try self.init(npy: path)
    } else {
      self.init(try IDX.images(at: path))
    }
  }

  /// Some of the images, in this order.
  func picked(_ places: [Int]) -> Images {
    Images(
      size: size,
      values: places.flatMap { values[$0 * size.values..<($0 + 1) * size.values] })
  }

  /// The images with the channels of another size: grey becomes three times grey, RGB its mean.
  func withChannels(of other: ImageSize) -> Images {
    guard size.channels != other.channels else { return self }
    let pixels = stride(from: 0, to: values.count, by: size.channels).flatMap { place in
      let mean = values[place..<place + size.channels].reduce(0, +) / Float(size.channels)
      return Array(repeating: mean, count: other.channels)
    }
    return Images(
      size: ImageSize(height: size.height, width: size.width, channels: other.channels),
      values: pixels)
  }
}

extension IDX {
  /// The labels that lie beside a file of images: `a-labels.idx` beside `a.idx`, and MNIST's names; nil
  /// where there are none.
  ///
  /// - Throws: `FileError` for labels of another number of images.
  fileprivate static func labels(beside path: String, of count: Int) throws(FileError) -> [UInt8]? {
    var names = [
      path.replacing("images", with: "labels").replacing("idx3", with: "idx1")
        .replacing("idx4", with: "idx1")
    ]
    for ending in [".idx", ".idx.gz"] where path.lowercased().hasSuffix(ending) {
      names.append("\(path.dropLast(ending.count))-labels\(path.suffix(ending.count))")
    }
    guard let found = names.first(where: { $0 != path && Path.exists($0) }) else { return nil }
    let labels = try labels(at: found)
    guard labels.count == count else {
      throw FileError(
        path: found, .invalid("has \(labels.count) labels for the \(count) images of \(path)"))
    }
    return labels
  }
}
