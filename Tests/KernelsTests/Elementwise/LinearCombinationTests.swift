// Linear combinations, clipping, distances and inner products against Double.

import Kernels
import Testing

/// Around every vector width, and an MNIST image.
private let sizes = [1, 7, 15, 16, 17, 31, 33, 784]

/// Numbers in about -3...3 without a pattern a kernel could share.
private func wave(_ count: Int, _ component: Double) -> [Float] {
  (0..<count).map { Float(3 * (Double($0 * $0 + 1) * component).remainder(dividingBy: 2)) }
}

@Test(arguments: sizes)
func combineIsTheWeightedSum(count: Int) {
  let (x, z) = (wave(count, 0.137), wave(count, 0.731))
  let (first, second, result) = (FloatMemory(x), FloatMemory(z), FloatMemory(x))
  combine(0.3, first.all, -1.7, second.all, into: result.all)
  for i in 0..<count {
    let expected = 0.3 * Double(x[i]) - 1.7 * Double(z[i])
    // Three roundings and two rounded weights, of terms of at most 3 and 5.1.
    #expect(abs(Double(result.all[i]) - expected) < 1.2e-6)
  }
}

@Test(arguments: sizes)
func combineMayOverwriteEitherInput(count: Int) {
  let (x, z) = (wave(count, 0.137), wave(count, 0.731))
  let (apart, overX, overZ) = (FloatMemory(x), FloatMemory(x), FloatMemory(z))
  let (first, second) = (FloatMemory(x), FloatMemory(z))
  combine(0.3, first.all, -1.7, second.all, into: apart.all)
  combine(0.3, overX.all, -1.7, second.all, into: overX.all)
  combine(0.3, first.all, -1.7, overZ.all, into: overZ.all)
  #expect(overX.all.array == apart.all.array)
  #expect(overZ.all.array == apart.all.array)
}

@Test(arguments: sizes)
func combineWritesNothingBehindTheEnd(count: Int) {
  let x = FloatMemory(wave(count + 40, 0.137))
  let before = x.all.array
  let part = x.all.slice(3, count)
  combine(2, part, 0, part, into: part)
  for i in 0..<count + 40 {
    #expect(x.all[i] == before[i] * (i >= 3 && i < count + 3 ? 2 : 1))
  }
}

@Test(arguments: sizes)
func clampTouchesNothingBehindTheEnd(count: Int) {
  let x = FloatMemory(Array(repeating: 2, count: count + 40))
  #expect(clamp(x.all.slice(3, count), to: 1) == count)
  for i in 0..<count + 40 { #expect(x.all[i] == (i >= 3 && i < count + 3 ? 1 : 2)) }
}

@Test func aValueDoesNotDependOnItsPlaceInTheBatch() {
  let (x, z) = (wave(33, 0.137), wave(33, 0.731))
  let (first, second, whole) = (FloatMemory(x), FloatMemory(z), FloatMemory(x))
  combine(0.3, first.all, -1.7, second.all, into: whole.all)
  for start in 0..<33 {
    let alone = FloatMemory(count: 1)
    combine(0.3, first.all.slice(start, 1), -1.7, second.all.slice(start, 1), into: alone.all)
    #expect(alone.all[0].bitPattern == whole.all[start].bitPattern)
  }
}

@Test(arguments: sizes)
func clampCutsAndCounts(count: Int) {
  let x = wave(count, 0.137)
  let clamped = FloatMemory(x)
  let outside = clamp(clamped.all, to: 1)
  #expect(clamped.all.array == x.map { min(max($0, -1), 1) })
  #expect(outside == x.count { abs($0) > 1 })
  #expect(outside > 0 || count == 1)
}

@Test func clampLetsNotANumbersThrough() {
  let x = FloatMemory([.nan, 2, -.infinity, 1, -1])
  #expect(clamp(x.all, to: 1) == 2)
  #expect(x.all[0].isNaN)
  #expect(Array(x.all.array[1...]) == [1, -1, 1, -1])
}

@Test(arguments: sizes)
func squaresAreSummedInDouble(count: Int) {
  // A large common offset: a float sum would lose the small differences.
  let x = wave(count, 0.137).map { $0 + 1000 }
  let y = wave(count, 0.731).map { $0 + 1000 }
  let expected = zip(x, y).reduce(0.0) { sum, pair in
    let difference = Double(pair.0) - Double(pair.1)
    return sum + difference * difference
  }
  let (first, second) = (FloatMemory(x), FloatMemory(y))
  #expect(abs(sumOfSquaredDifferences(first.all, second.all) - expected) <= 1e-14 * expected)
}

@Test(arguments: sizes)
func innerProductsAreSummedInDouble(count: Int) {
  let x = wave(count, 0.137).map { $0 + 1000 }
  let y = wave(count, 0.731).map { $0 - 1000 }
  let expected = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  let (first, second) = (FloatMemory(x), FloatMemory(y))
  #expect(abs(dotProduct(first.all, second.all) - expected) <= 1e-14 * abs(expected))
}
