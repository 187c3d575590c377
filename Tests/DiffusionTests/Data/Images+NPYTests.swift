// Images go to NumPy's files and back; arrays that are no images are refused with a reason.

import Diffusion
import Testing

@Suite struct ImagesNPYTests {
  private let image = Images(
    size: ImageSize(height: 1, width: 3, channels: 2), values: [1, 10, 2, 20, 3, 30])

  @Test func channelsComeFirstInTheFile() {
    #expect(image.npy == NPY(shape: [1, 2, 1, 3], values: [1, 2, 3, 10, 20, 30]).bytes)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    #expect(try Images(npy: image.npy, path: "memory") == image)
  }

  @Test func threeDimensionsAreGreyImages() throws {
    let array = NPY(shape: [2, 1, 3], values: [1, 2, 3, 4, 5, 6])
    let images = try Images(npy: array.bytes, path: "x.npy")
    #expect(images.size == ImageSize(height: 1, width: 3, channels: 1))
    #expect(images.values == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: [
    ([], "has shape []; images need"), ([1], "has shape [1]; images need"),
    ([1, 1], "has shape [1, 1]; images need"), ([1, 1, 1, 1, 1], "images need"),
    ([0, 1, 1], "has shape [0, 1, 1], which holds no image"),
    ([4, 3, 0, 2], "which holds no image"),
  ])
  func whatIsNotImagesIsRefused(shape: [Int], reason: String) {
    let values = [Float](repeating: 0, count: shape.reduce(1, *))
    let error = #expect(throws: FileError.self) {
      try Images(npy: NPY(shape: shape, values: values).bytes, path: "x.npy")
    }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  /// The header claims 2^64 numbers where one stands.
  @Test func aShapeBeyondAnyMemoryHoldsNoImage() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 1), }"
    let prefix = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
    let error = #expect(throws: FileError.self) {
      try Images(npy: prefix + Array(header.utf8) + [0, 0, 0, 0], path: "x.npy")
    }
    #expect(error?.description.contains("which holds no image") == true)
  }
}
