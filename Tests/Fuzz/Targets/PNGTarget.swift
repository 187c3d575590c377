// PNG of every colour type and depth.

import Diffusion

extension FuzzTarget {
  /// The content is the size and the pixels.
  static let png = FuzzTarget("png", repaired: StoredBlocks.repairedPNG) { bytes in
    let file = MemoryFile(bytes)
    let picture = try PNG.read(file.path)
    file.replace(try PNG.encode(picture))
    demand(try PNG.read(file.path) == picture, "changes by writing")
    return Array("\([picture.height, picture.width, picture.channels])\n".utf8) + picture.pixels
  }
}
