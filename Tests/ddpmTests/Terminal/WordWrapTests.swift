// Words in lines that are as wide as they may be.

import Testing
import ddpm

struct WordWrapTests {
  @Test func linesAreFilledToTheLastColumn() {
    #expect("one two three".wrapped(to: 7) == ["one two", "three"])
    #expect("one two three".wrapped(to: 6) == ["one", "two", "three"])
    #expect("one two three".wrapped(to: 13) == ["one two three"])
  }

  @Test func aLongWordHasALineOfItsOwn() {
    #expect(["a", "much longer", "b"].wrapped(to: 4) == ["a", "much longer", "b"])
  }

  @Test func spacesBetweenWordsStay() {
    #expect("a  b".wrapped(to: 80) == ["a  b"])
  }
}
