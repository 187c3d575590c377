// What is drawn anew: a part of every image, or what is white in a picture.

import Diffusion

/// What is drawn anew.
package enum MaskChoice: Equatable, Sendable {
  case part(Mask.Part)
  /// A PNG, white where it is.
  case file(String)

  /// From this level of grey on a pixel of a mask's file is white.
  private static let white: UInt8 = 128

  /// The mask for images of a size.
  ///
  /// - Throws: `FileError` for a picture of another size.
  func mask(of size: ImageSize) throws(FileError) -> Mask {
    switch self {
    case .part(let part): return Mask(part, of: size)
    case .file(let path):
      let picture = try PNG.read(path)
      guard picture.height == size.height, picture.width == size.width else {
        throw FileError(
          path: path,
          .invalid(
            "is \(picture.height) x \(picture.width), the model's images \(size.height) x"
              + " \(size.width)"))
      }
      return Mask(
        size,
        hidden: stride(from: 0, to: picture.pixels.count, by: picture.channels).map {
          picture.pixels[$0] >= MaskChoice.white
        })
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
