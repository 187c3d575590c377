import Diffusion
import Testing

struct PGMTests {
  @Test func aGreyImageIsItsHeaderAndItsPixels() throws {
    let image = ByteImages(
      size: ImageSize(height: 2, width: 3, channels: 1), pixels: [0, 1, 2, 253, 254, 255])
    let expected = "P5\n3 2\n255\n".utf8 + [0, 1, 2, 253, 254, 255]
    try withTemporaryFolder { folder in
      try PGM.write(image, to: folder + "/a.pgm")
      #expect(try [UInt8](file: folder + "/a.pgm") == expected)
    }
  }

  @Test func coloursAreRefusedWithAWayOut() throws {
    let image = ByteImages(
      size: ImageSize(height: 1, width: 1, channels: 3), pixels: [1, 2, 3])
    let error = #expect(throws: FileError.self) { try PGM.write(image, to: "a.pgm") }
    #expect(error?.description.contains("write .png instead") == true)
  }
}
