// IDX, plain and gzip: images and labels.

import Diffusion

extension FuzzTarget {
  /// The content is the plain file.
  static let idx = FuzzTarget("idx", repaired: StoredBlocks.repairedGzip) { bytes in
    let file = MemoryFile(bytes)
    let array = try IDX(contentsOf: file.path, of: "values") { _ in nil }
    switch array.shape.count {
    case 1:
      demand(try IDX.labels(at: file.path) == array.bytes, "other labels than bytes")
    case 3, 4:
      let images = try IDX.imagesOfAnyChannels(at: file.path)
      demand(images.pixels == array.bytes, "other pixels than bytes")
      file.replace([])
      try IDX.write(images, to: file.path)
      demand(try IDX.imagesOfAnyChannels(at: file.path) == images, "images change by writing")
    default: break
    }
    file.replace([])
    try array.write(to: file.path)
    let plain = try readFile(file.path)
    demand(try IDX(contentsOf: file.path, of: "values") { _ in nil } == array, "changes by writing")
    if plain != bytes {
      file.replace(Gzip.compress(plain))
      let again = try IDX(contentsOf: file.path, of: "values") { _ in nil }
      demand(again == array, "changes by compression")
    }
    return plain
  }
}
