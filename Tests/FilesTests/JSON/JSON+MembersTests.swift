// Members and numbers of a JSON value, and values made of what may be absent.

import Files
import Testing

struct JSONMembersTests {
  @Test func aMemberIsFoundByItsKey() {
    let value = object(("a", 1), ("b", .null))
    #expect(value.member("a") == 1 && value.member("b") == .null && value.member("c") == nil)
    #expect(JSON.array([value]).member("a") == nil)
  }

  @Test func aNumberHasEitherSpelling() {
    #expect(JSON.integer(2).double == 2 && JSON.number(2.5).double == 2.5)
    #expect(JSON.string("2").double == nil && JSON.null.double == nil)
  }

  @Test func aWholeNumberIsWrittenWithoutAFraction() {
    #expect(JSON.shortest(2) == .integer(2) && JSON.shortest(2.5) == .number(2.5))
    #expect(JSON.shortest(1e300) == .number(1e300))
  }

  @Test func nilIsNull() {
    #expect(JSON.optional(nil) == .null && JSON.optional(3) == .integer(3))
  }
}
