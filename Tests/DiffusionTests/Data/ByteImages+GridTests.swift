import Diffusion
import Testing

struct ByteImagesGridTests {
  private static func images(_ count: Int, channels: Int = 1) -> ByteImages {
    let size = ImageSize(height: 2, width: 3, channels: channels)
    return ByteImages(size: size, pixels: (0..<count * size.values).map { UInt8(100 + $0) })
  }

  @Test func imagesLieInRowsWithALineBetweenThem() {
    let line: UInt8 = 48
    let none: [UInt8] = [line, line, line]
    let row0 = [100, 101, 102, line, 106, 107, 108] + [103, 104, 105, line, 109, 110, 111]
    let row1 = [112, 113, 114, line] + none + [115, 116, 117, line] + none
    let grid = Self.images(3).grid(columns: 2)
    #expect((grid.width, grid.height, grid.channels) == (7, 5, 1))
    #expect(grid.pixels == row0 + [UInt8](repeating: line, count: 7) + row1)
  }

  @Test func columnByColumnTheLastPlacesStayDark() {
    let line: UInt8 = 48
    let none: [UInt8] = [line, line, line]
    let row0 = [100, 101, 102, line, 112, 113, 114] + [103, 104, 105, line, 115, 116, 117]
    let row1 = [106, 107, 108, line] + none + [109, 110, 111, line] + none
    let grid = Self.images(3).grid(rows: 2)
    #expect((grid.width, grid.height, grid.channels) == (7, 5, 1))
    #expect(grid.pixels == row0 + [UInt8](repeating: line, count: 7) + row1)
  }

  @Test(arguments: [(1, 3, 2), (2, 7, 2), (4, 7, 5), (5, 11, 5), (9, 11, 8), (64, 31, 23)])
  func aGridIsAsSquareAsItCanBe(count: Int, width: Int, height: Int) {
    let grid = ByteImages(
      size: ImageSize(height: 2, width: 3, channels: 1),
      pixels: [UInt8](repeating: 0, count: count * 6)
    ).grid()
    #expect((grid.width, grid.height, grid.channels) == (width, height, 1))
  }

  @Test func moreColumnsThanImagesMakeOneRow() {
    #expect(Self.images(2).grid(columns: 10).width == 7)
  }

  @Test func scalingRepeatsEveryPixelWithItsChannels() {
    let grid = Self.images(1, channels: 3).grid(scale: 2)
    #expect((grid.width, grid.height, grid.channels) == (6, 4, 3))
    let pixels = (0..<3).map { i in (0..<3).map { UInt8(100 + 3 * i + $0) } }
    let row = pixels.flatMap { $0 + $0 }
    #expect(grid.pixels.starts(with: row + row))
  }
}
