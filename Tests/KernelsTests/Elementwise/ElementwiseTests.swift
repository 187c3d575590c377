// Elementwise loops against plain ones, exactly.

import Kernels
import TestSupport
import Testing

/// Around one and two vectors of every width.
private let counts = [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 70]

/// Checks a kernel's result where it overwrites NaN and where it is added.
private func check(
  _ expected: [Double], _ kernel: (_ y: Floats, _ accumulation: Accumulation) -> Void
) {
  let earlier = eighths(expected.count, seed: 9)
  let (replaced, added) = (Guarded(count: expected.count), Guarded(target: earlier))
  kernel(replaced.floats, .overwrite)
  kernel(added.floats, .add)
  expectExact(replaced.values(), expected)
  expectExact(added.values(), zip(expected, earlier).map { $0 + Double($1) })
}

@Test(arguments: counts)
func affineIsScaleTimesXPlusOffset(count: Int) {
  let x = Guarded(eighths(count, seed: 1))
  check(x.values().map { 0.5 * Double($0) - 0.75 }) { y, accumulation in
    affine(x.floats, scale: 0.5, offset: -0.75, into: y, accumulation, count: count)
  }
}

@Test(arguments: counts)
func multiplyIsElementByElement(count: Int) {
  let (a, b) = (Guarded(eighths(count, seed: 1)), Guarded(eighths(count, seed: 2)))
  check(zip(a.values(), b.values()).map { Double($0) * Double($1) }) { y, accumulation in
    multiply(a.floats, b.floats, into: y, accumulation, count: count)
  }
}

@Test(arguments: counts)
func addAdds(count: Int) {
  let (x, earlier) = (Guarded(eighths(count, seed: 1)), eighths(count, seed: 2))
  let y = Guarded(target: earlier)
  add(x.floats, to: y.floats, count: count)
  expectExact(y.values(), zip(x.values(), earlier).map { Double($0) + Double($1) })
}

/// Rows around the four chains of additions.
@Test(arguments: [1, 2, 3, 4, 5, 8, 11], counts)
func columnSumsAddRows(rows: Int, columns: Int) {
  let x = Guarded(eighths(rows * columns, seed: 1))
  let values = x.values()
  let expected = (0..<columns).map { c in
    (0..<rows).reduce(0) { $0 + Double(values[$1 * columns + c]) }
  }
  check(expected) { sums, accumulation in
    columnSums(x.floats, rows: rows, columns: columns, into: sums, accumulation)
  }
}

@Test(arguments: counts)
func drainingMovesOrAddsAndLeavesZeros(count: Int) {
  let values = eighths(count, seed: 1)
  check(values.doubles) { y, accumulation in
    let x = Guarded(target: values)
    accumulateAndClear(x.floats, into: y, accumulation)
    #expect(x.values().allSatisfy { $0 == 0 })
  }
}

@Test(arguments: awkwardChannels)
func copiedRowsLeaveTheRestOfTheirTargetAlone(channels: Int) {
  let (rows, rowLength, target) = (5, channels + 2, channels + 7)
  let x = eighths(rows * rowLength, seed: 1)
  let earlier = eighths(rows * target, seed: 2)
  for (accumulation, kept) in [(Accumulation.overwrite, 0.0), (.add, 1)] {
    let (from, to) = (Guarded(x), Guarded(target: earlier))
    copyRows(
      from.floats, rowLength: rowLength, into: to.floats, rowLength: target, accumulation,
      rows: rows, channels: channels)
    expectExact(
      to.values(),
      earlier.indices.map { i in
        let (row, c) = (i / target, i % target)
        return c < channels
          ? kept * Double(earlier[i]) + Double(x[row * rowLength + c]) : Double(earlier[i])
      })
  }
}
