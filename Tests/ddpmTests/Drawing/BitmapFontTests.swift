// The font: every character is itself, and within its cell.

import Testing
import ddpm

@Suite struct BitmapFontTests {
  static let printable = (32...126).map { Character(UnicodeScalar(UInt8($0))) }

  @Test func everyPrintableCharacterLooksDifferent() {
    let drawings = Self.printable.map { BitmapFont.dots(of: $0).map { "\($0.column) \($0.row)" } }
    #expect(Set(drawings).count == 95)
    #expect(drawings.count { $0.isEmpty } == 1, "only the space is empty")
  }

  @Test func lettersStandOnTheLine() {
    for character in "0123456789abcdefhiklmnorstuvwxzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
      #expect(BitmapFont.dots(of: character).map(\.row).max() == BitmapFont.ascent - 1)
    }
    for character in "gjpqy" {
      #expect(BitmapFont.dots(of: character).map(\.row).max() == BitmapFont.ascent + 1)
    }
    let columns = Self.printable.flatMap { BitmapFont.dots(of: $0).map(\.column) }
    #expect(columns.min() == 0 && columns.max() == BitmapFont.advance - 2)
  }

  @Test func whatTheFontLacksIsABox() {
    let box = BitmapFont.dots(of: "\u{E9}")
    #expect(box.count == 20 && box == BitmapFont.dots(of: "\n"))
    #expect(!Self.printable.contains { BitmapFont.dots(of: $0) == box })
  }
}
