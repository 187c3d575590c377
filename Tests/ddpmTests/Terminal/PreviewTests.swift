// Pictures as text: what fits, in which colours, and with which characters.

import Diffusion
import Testing
import ddpm

@Suite struct PreviewTests {
  /// Images of one brightness each.
  private func images(_ levels: [UInt8], side: Int = 8) -> ByteImages {
    let size = ImageSize(height: side, width: side, channels: 1)
    return ByteImages(
      size: size, pixels: levels.flatMap { [UInt8](repeating: $0, count: side * side) })
  }

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map(String.init)
  }

  @Test func brightImagesAreDenseCharacters() {
    let text = Preview(.characters, width: 79).text(images([255, 0, 128, 64]), 4)
    // Four lines of two rows of pixels; what is dark at the end of a line is left out.
    #expect(lines(text) == Array(repeating: "@@@@@@@@          ++++++++ ::::::::", count: 4))
    #expect(text.hasSuffix("\n"))
  }

  @Test func halfBlocksHaveTwoColoursEach() {
    let size = ImageSize(height: 2, width: 2, channels: 1)
    let image = ByteImages(size: size, pixels: [255, 255, 0, 9])
    #expect(
      Preview(.trueColour, width: 79).text(image, 1)
        == "\u{1B}[38;2;255;255;255m\u{1B}[48;2;0;0;0m▀\u{1B}[48;2;9;9;9m▀\u{1B}[0m\n")
    #expect(
      Preview(.palette, width: 79).text(image, 1)
        == "\u{1B}[38;5;231m\u{1B}[48;5;16m▀\u{1B}[48;5;232m▀\u{1B}[0m\n")
  }

  @Test func anOddLastRowHasNothingBelow() {
    let size = ImageSize(height: 1, width: 1, channels: 3)
    let image = ByteImages(size: size, pixels: [255, 0, 95])
    #expect(
      Preview(.trueColour, width: 79).text(image, nil)
        == "\u{1B}[38;2;255;0;95m\u{1B}[49m▀\u{1B}[0m\n")
    // In the cube of 6 x 6 x 6 colours: 16 + 36·5 + 6·0 + 1.
    #expect(Preview(.palette, width: 79).text(image, nil).hasPrefix("\u{1B}[38;5;197m"))
  }

  /// Every grey is within half a step of the one that stands for it; xterm's are 8, 18, ... 238.
  @Test func greysAreTheNearestOfThePalette() {
    for level in 0...255 {
      let size = ImageSize(height: 1, width: 1, channels: 1)
      let text = Preview(.palette, width: 9)
        .text(ByteImages(size: size, pixels: [UInt8(level)]), 1)
      let index = text.split(separator: "m")[0].split(separator: ";").last.flatMap { Int($0) } ?? 0
      let shown = index == 16 ? 0 : index == 231 ? 255 : 8 + 10 * (index - 232)
      #expect(abs(shown - level) <= (level > 238 ? 8 : 5), "\(level) is shown as \(shown)")
    }
  }

  @Test(arguments: [20, 40, 80, 200], Terminal.Drawing.allCases)
  func noLineIsWiderThanTheTerminal(width: Int, drawing: Terminal.Drawing) {
    let many = images((0..<64).map { UInt8(255 - $0) }, side: 28)
    for columns in [1, 8, 64] {
      for line in lines(Preview(drawing, width: width).text(many, columns)) {
        let visible = line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(visible.count <= width, "\(columns) columns")
      }
    }
  }

  @Test func whatDoesNotFitIsLeftOutAndCounted() {
    let many = images((0..<60).map { UInt8(255 - $0) }, side: 28)
    // Of rows of 30, four images of at least 8 columns with a gap fit in 39.
    let some = lines(Preview(.characters, width: 39).text(many, 30))
    #expect(some.last == "8 of 60 images")
    #expect(some.dropLast().allSatisfy { $0.count <= 39 })
    let one = lines(Preview(.characters, width: 79).text(images([255], side: 28), nil))
    #expect(one == Array(repeating: String(repeating: "@", count: 28), count: 14))
    // Sixteen that would be twice as large if only their rows had to fit are all shown.
    let square = lines(
      Preview(.characters, width: 99).text(
        images([99] + Array(repeating: 0, count: 15), side: 28), nil))
    #expect(square.count <= 48 && square.first?.count == 23)
    let tall = lines(Preview(.characters, width: 79).text(many, 1))
    #expect(tall.count <= 49 && tall.last?.hasSuffix("of 60 images") == true)
  }
}
