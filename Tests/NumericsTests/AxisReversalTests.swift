// Reversal of three axes.

import Numerics
import TestSupport
import Testing

@Test func reversingTheAxesTwiceChangesNothing() {
  let (a, b, c) = (9, 5, 7)
  let x = Guarded(eighths(a * b * c, seed: 1))
  let (reversed, back) = (Guarded(count: a * b * c), Guarded(count: a * b * c))
  reverseAxes(x.floats, a, b, c, into: reversed.floats)
  reverseAxes(reversed.floats, c, b, a, into: back.floats)
  #expect(reversed.values() != x.values())
  #expect(back.values() == x.values())
}

@Test func theFirstAxisBecomesTheLast() {
  // Element (i, j, k) of a 2 x 3 x 2 array, as 100·i + 10·j + k.
  let x = Guarded([0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121])
  let y = Guarded(count: 12)
  reverseAxes(x.floats, 2, 3, 2, into: y.floats)
  #expect(y.values() == [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121])
}
