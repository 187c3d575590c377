// Sizes that files claim are multiplied without a trap.

import Files
import Testing

struct CheckedProductTests {
  @Test func aProductThatFitsIsTheProduct() {
    #expect([2, 3, 7].checkedProduct == 42)
    #expect([Int.max, 1].checkedProduct == .max)
    #expect([Int]().checkedProduct == 1)
  }

  @Test(arguments: [[Int.max, 2], [1 << 32, 1 << 32, 0], [.min, -1]])
  func aProductThatDoesNotIsNone(factors: [Int]) {
    #expect(factors.checkedProduct == nil)
  }
}
