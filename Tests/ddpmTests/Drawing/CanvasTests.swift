// Shapes on a canvas, pixel by pixel.

import Numerics
import Testing
import ddpm

@Suite struct CanvasTests {
  private static let black = Colour(red: 0, green: 0, blue: 0)

  /// The ink of shapes on a white canvas of 12 x 8: one character per pixel, `#` full and `.` none.
  private func picture(_ shapes: (inout Stencil) -> Void) -> [String] {
    var canvas = Canvas(
      width: 12, height: 8, colour: Colour(red: 255, green: 255, blue: 255))
    canvas.draw(in: Self.black, shapes)
    let pixels = canvas.picture.pixels
    return (0..<8).map { row in
      String(
        (0..<12).map { column in
          let value = pixels[3 * (12 * row + column)]
          return value == 0 ? "#" : value == 255 ? "." : "+"
        })
    }
  }

  @Test func rectanglesAreCutOffAtTheEdges() {
    let row = "##........##"
    #expect(
      picture {
        $0.rectangle(x: -3, y: 6, width: 5, height: 9)
        $0.rectangle(x: 10, y: -2, width: 5, height: 99)
        $0.rectangle(x: 20, y: 20, width: 3, height: 3)
      } == Array(repeating: "..........##", count: 6) + [row, row])
  }

  @Test func textHangsFromItsPlace() {
    let glyph = [".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"]
    let left = picture { $0.text("A", x: 2, y: 1, scale: 1) }
    #expect(left.dropFirst().map { String($0.dropFirst(2).prefix(5)) } == glyph)
    #expect(left == picture { $0.text("A", x: 7, y: 1, .right, scale: 1) })
    #expect(left == picture { $0.text("A", x: 4, y: 1, .middle, scale: 1) })
    #expect(Stencil.width(of: "AB", scale: 2) == 22 && Stencil.width(of: "", scale: 2) == 0)
  }

  @Test func textIsEnlargedInWholeDots() {
    let large = picture { $0.text("-", x: 0, y: -4, scale: 2) }
    #expect(large[2] == "..######...." && large[3] == large[2])
    #expect(large.joined().count { $0 == "#" } == 12)
  }

  @Test func linesAreAsThickAsTheyShouldBe() {
    let line = picture {
      $0.line([Place(x: 1, y: 4), Place(x: 10, y: 4)], thickness: 3)
    }
    #expect(line[3...5].allSatisfy { $0.dropFirst(2).prefix(8) == "########" })
    #expect(line[1] == "............" && line[7] == "............")
    #expect(picture { $0.line([], thickness: 3) }.allSatisfy { $0 == "............" })
    #expect(picture { $0.line([Place(x: 5, y: 4)], thickness: 3) }[4].contains("###"))
  }

  @Test func colourIsLaidOnOnce() {
    var canvas = Canvas(width: 1, height: 1, colour: Colour(red: 9, green: 99, blue: 199))
    canvas.draw(in: Colour(red: 1, green: 2, blue: 3)) {
      $0.rectangle(x: 0, y: 0, width: 1, height: 1)
      $0.rectangle(x: 0, y: 0, width: 1, height: 1)
    }
    #expect(canvas.picture.pixels == [1, 2, 3])
    canvas.draw(in: Self.black) { _ in }
    #expect(canvas.picture.pixels == [1, 2, 3])
  }
}
