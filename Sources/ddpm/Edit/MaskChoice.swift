// What is drawn anew: a part of every image, or what is white in a picture.

import Diffusion

/// What is drawn anew.
package enum MaskChoice: Equatable, Sendable {
  case part(Mask.Part)
  /// A PNG, bright where it is.
  case file(String)

  /// The mask for images of a size.
  ///
  /// - Throws: `FileError` for a picture of another size, or one that hides nothing.
  func mask(of size: ImageSize) throws(FileError) -> Mask {
    switch self {
    case .part(let part): return Mask(part, of: size)
    case .file(let path):
      let grey = ImageSize(height: size.height, width: size.width, channels: 1)
      let picture = try Images(png: path).withChannels(of: grey)
      guard picture.size.height == size.height, picture.size.width == size.width else {
        throw FileError(
          path: path,
          .invalid(
            "is \(picture.size.height) x \(picture.size.width), the model's images \(size.height) x"
              + " \(size.width)"))
      }
      // Halfway between black, -1, and white.
      let hidden = picture.values.map { $0 >= 0 }
      guard hidden.contains(true) else {
        throw FileError(path: path, .invalid("hides nothing: what is bright is drawn anew"))
      }
      return Mask(size, hidden: hidden)
    }
  }
}

extension ValueFormat where Value == MaskChoice {
  package static var mask: Self {
    let file = ValueFormat<String>.path(of: .file(endings: ["png"]))
    let files = Self("a PNG's path", path: file.path) { text in
      // A word alone is a part, or mistyped.
      text.contains { "./".contains($0) } ? MaskChoice.file(text) : nil
    } write: { mask in
      if case .file(let path) = mask { path } else { "" }
    }
    return Mask.Part.allCases.reduce(files) { $0.or($1.rawValue, means: .part($1)) }
  }
}
