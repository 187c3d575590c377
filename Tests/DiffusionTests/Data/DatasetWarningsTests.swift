// What is said of images and labels that are not what they should be.

import Diffusion
import Testing

@Suite struct DatasetWarningsTests {
  private static let size = ImageSize(height: 1, width: 2, channels: 1)

  private func warnings(
    _ pixels: [UInt8], labels: [UInt8]? = nil, classes: Int? = nil
  ) -> [String] {
    Dataset(
      images: ByteImages(size: Self.size, pixels: pixels), labels: labels, name: "images"
    ).warnings(classes: classes)
  }

  @Test(
    arguments: [
      ([7, 7, 7, 7], "every pixel of every image is 7"), ([0, 1, 1, 1], "no pixel is above 1"),
      ([0, 255, 0, 255, 0, 255], "every image is the same"), ([0, 255], nil),
      ([0, 255, 0, 254], nil), ([0, 255, 0, 255, 255, 0], nil), ([], nil),
    ] as [([UInt8], String?)])
  func imagesThatTeachNothingAreSaidToBeSo(pixels: [UInt8], wanted: String?) throws {
    let warnings = warnings(pixels)
    #expect(warnings.count == (wanted == nil ? 0 : 1))
    if let wanted { #expect(try #require(warnings.first).hasPrefix(wanted)) }
  }

  @Test func classesWithoutImagesAreListed() {
    let pixels: [UInt8] = [0, 9, 9, 0]
    #expect(warnings(pixels, labels: [0, 1], classes: 2).isEmpty)
    let few = warnings(pixels, labels: [1, 3], classes: 4)
    #expect(few.count == 1 && few[0].contains("2 have no image") && few[0].hasSuffix(": 0, 2"))
    let many = warnings(pixels, labels: [0, 99], classes: 100)
    #expect(many.count == 1 && many[0].contains("98 have") && many[0].hasSuffix("7, 8, ..."))
  }
}
