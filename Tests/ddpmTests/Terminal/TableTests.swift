// Columns that line up.

import Testing
import ddpm

@Suite struct TableTests {
  @Test func cellsAreAlignedAndLinesEndWithText() {
    var table = Table(.init("sampler", .left), .init("steps"), .init("note", .left))
    table.add(["ddim", "10", "fast"])
    table.add(["ddpm, small", "1000", ""])
    #expect(
      table.lines == [
        "sampler      steps  note",
        "ddim            10  fast",
        "ddpm, small   1000",
      ])
  }

  @Test func anEmptyTableIsItsHeadings() {
    #expect(Table(.init("a"), .init("b")).lines == ["a  b"])
  }
}
