// Eigenvalues, roots and covariances against NumPy and by hand.

import Numerics
import Testing

/// An integer matrix without a pattern.
private func matrix(_ order: Int) -> SymmetricMatrix {
  func value(_ i: Int, _ j: Int) -> Double { Double((i * i * 3 + j * j * 5 + i * j * 7 + 2) % 61) }
  return SymmetricMatrix(
    order: order,
    values: (0..<order * order).map { place in
      let (i, j) = (place / order, place % order)
      return (value(i, j) + value(j, i)) / 32 - 2
    })
}

/// `numpy.linalg.eigvalsh` of the matrix of order 5.
private let eigenvaluesOfFive = [
  -3.4026700375251666, -2.2122065561208775, -1.0063535565678219, 0.49836238869986993,
  1.9978677615139944,
]

@Test func eigenvaluesAreNumPys() {
  let values = matrix(5).eigen().values.sorted()
  #expect(zip(values, eigenvaluesOfFive).allSatisfy { abs($0 - $1) < 1e-14 }, "\(values)")
}

@Test(arguments: [1, 2, 3, 17, 64])
func aMatrixIsMadeOfItsEigenvectors(order: Int) {
  let matrix = matrix(order)
  let (eigenvalues, vectors) = matrix.eigen()
  let scale = eigenvalues.reduce(1) { max($0, abs($1)) }
  for i in 0..<order {
    for j in 0..<order {
      var (rebuilt, product) = (0.0, 0.0)
      for k in 0..<order {
        rebuilt += eigenvalues[k] * vectors[k * order + i] * vectors[k * order + j]
        product += vectors[i * order + k] * vectors[j * order + k]
      }
      // Rounding of about ten sweeps.
      #expect(abs(rebuilt - matrix.values[i * order + j]) < 1e-13 * scale)
      #expect(abs(product - (i == j ? 1 : 0)) < 1e-13)
    }
  }
}

@Test func aRootTimesItselfIsTheMatrix() {
  let root = matrix(6)
  // m·1·m: no eigenvalue of a square is negative.
  let identity = SymmetricMatrix(
    order: 6, values: (0..<36).map { $0 % 7 == 0 ? 1 : 0 })
  let square = identity.sandwiched(in: root)
  let again = identity.sandwiched(in: square.squareRoot)
  #expect(zip(again.values, square.values).allSatisfy { abs($0 - $1) < 1e-12 })
}

@Test func aDiagonalMatrixIsLeftAlone() {
  let diagonal = SymmetricMatrix(order: 2, values: [3, 0, 0, -2])
  #expect(diagonal.eigen() == ([3, -2], [1, 0, 0, 1]))
  #expect(diagonal.squareRoot.values == [Double(3).squareRoot(), 0, 0, 0])
}

@Test func notANumberDoesNotLoopForEver() {
  let broken = SymmetricMatrix(order: 2, values: [1, .nan, .nan, 1])
  #expect(broken.eigen().values.count == 2)
}

@Test func momentsAreMeanAndCovariance() {
  // The rows (1, 2), (3, 6) twice and (5, 4).
  let (mean, covariance) = moments([1, 2, 9, 9, 3, 6, 5, 4], dimension: 2, counts: [1, 0, 2, 1])
  #expect(mean == [3, 4.5])
  // Deviations (-2, -2.5), (0, 1.5) twice, (2, -0.5), over 3.
  let expected: [Double] = [8 / 3, 4 / 3, 4 / 3, 11 / 3]
  #expect(covariance.values == expected)
  #expect(covariance.trace == expected[0] + expected[3])
}
