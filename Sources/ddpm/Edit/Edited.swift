// What editing makes of images: rows, each of one image's results.

import Diffusion

/// Edited images.
struct Edited {
  /// What stands first in each row; nil where the results say it all.
  var originals: Images?
  /// The results, row by row.
  var results: Images
  /// Results per row.
  var columns: Int
  /// The class of each result; empty without classes.
  var classes: [Int] = []
  /// x_T of what was encoded.
  var latents: Images?
  /// What a picture says of the edit.
  var text: [(key: String, value: String)]

  /// One result per original, in each of some columns.
  ///
  /// - Parameters:
  ///   - columns: as many images as originals each.
  ///   - classes: of the originals.
  init(
    _ originals: Images, columns: [Images], classes: [Int]? = nil, latents: Images? = nil,
    text: String
  ) {
    (self.originals, self.latents, self.text) = (originals, latents, [("edit", text)])
    self.columns = columns.count
    results = columns.interleaved
    self.classes = (classes ?? []).flatMap { Array(repeating: $0, count: columns.count) }
  }

  /// Rows of their own.
  init(rows results: Images, columns: Int, classes: [Int], latents: Images, text: String) {
    (self.results, self.columns, self.classes) = (results, columns, classes)
    (self.latents, self.text) = (latents, [("edit", text)])
  }

  /// The picture's images, row by row.
  var rows: Images {
    guard let originals else { return results }
    let size = originals.size
    let row = columns * size.values
    var values: [Float] = []
    for place in 0..<originals.count {
      values += originals.values[place * size.values..<(place + 1) * size.values]
      values += results.values[place * row..<(place + 1) * row]
    }
    return Images(size: size, values: values)
  }
}

extension [Images] {
  /// The first image of each, then the second of each, and so on.
  fileprivate var interleaved: Images {
    let size = self[0].size
    var values: [Float] = []
    for place in 0..<self[0].count {
      for images in self {
        values += images.values[place * size.values..<(place + 1) * size.values]
      }
    }
    return Images(size: size, values: values)
  }
}
