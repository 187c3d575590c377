import Files
import TestSupport
import Testing

struct PGMTests {
  @Test func aGreyPictureIsItsHeaderAndItsPixels() throws {
    let picture = Picture(
      width: 3, height: 2, channels: 1, pixels: [0, 1, 2, 253, 254, 255])
    let expected = "P5\n3 2\n255\n".utf8 + [0, 1, 2, 253, 254, 255]
    try withTemporaryFolder { folder in
      try PGM.write(picture, to: folder + "/a.pgm")
      #expect(try [UInt8](file: folder + "/a.pgm") == expected)
    }
  }

  @Test func coloursAreRefusedWithAWayOut() throws {
    let picture = Picture(width: 1, height: 1, channels: 3, pixels: [1, 2, 3])
    let error = #expect(throws: FileError.self) { try PGM.write(picture, to: "a.pgm") }
    #expect(error?.description.contains("write .png instead") == true)
  }
}
