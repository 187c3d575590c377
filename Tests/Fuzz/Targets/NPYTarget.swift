// NumPy's arrays: of any shape, and as images.

import Diffusion
import Numerics

extension FuzzTarget {
  /// The content is the shape and the numbers as float32.
  static let npy = FuzzTarget("npy") { bytes in
    let array = try NPY(bytes, path: path) { _ in nil }
    demand(try NPY(array.bytes, path: path) { _ in nil } == array, "changes by writing")
    if [3, 4].contains(array.shape.count), !array.values.isEmpty {
      let images = try Images(npy: bytes, path: path)
      demand(try Images(npy: images.npy, path: path) == images, "images change by writing")
    }
    return Array("\(array.shape)\n".utf8) + littleEndianBytes(of: array.values)
  }
}
