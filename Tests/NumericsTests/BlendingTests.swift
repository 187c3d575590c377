// Blending of colours over pictures.

import Numerics
import Testing

struct BlendingTests {
  @Test func inkIsTheShareOfTheColour() {
    var picture = [UInt8](repeating: 100, count: 12)
    Pixels.lay(
      Colour(red: 255, green: 0, blue: 100), ink: [0, 255, 51, 128], over: &picture)
    // 51/255 is a fifth: 100 + 155/5 and 100 - 100/5; 128/255 is a little over a half.
    #expect(picture == [100, 100, 100, 255, 0, 100, 131, 80, 100, 178, 50, 100])
  }

  @Test func aPlainPictureIsOfOneColour() {
    #expect(Pixels.plain(Colour(red: 1, green: 2, blue: 3), count: 2) == [1, 2, 3, 1, 2, 3])
  }

  @Test func aRectangleOfInkEndsAtItsEdges() {
    var ink = [UInt8](repeating: 9, count: 12)
    Pixels.fill(columns: 1..<3, rows: 1..<2, of: &ink, width: 4)
    #expect(ink == [9, 9, 9, 9, 9, 255, 255, 9, 9, 9, 9, 9])
    Pixels.fill(columns: 0..<0, rows: 0..<3, of: &ink, width: 4)
    #expect(ink.count { $0 == 255 } == 2)
  }
}
