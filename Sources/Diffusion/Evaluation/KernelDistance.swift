// The kernel distance: how far two sets of features are apart, without a Gaussian and without a bias.

internal import Autograd
internal import Numerics

/// The squared maximum mean discrepancy between the features of two sets of images under the kernel
/// k(x, y) = (x·y/d + 1)³, d being the number of features (Bińkowski et al. 2018, "KID"):
///
/// ```
/// Σ_{i≠j} k(x_i, x_j) / n(n - 1) + Σ_{i≠j} k(y_i, y_j) / m(m - 1) - 2 Σ_ij k(x_i, y_j) / nm
/// ```
/// Unbiased: on average 0 for two sets from the same source, and sometimes below it.
public struct KernelDistance: Codable, Equatable, Sendable {
  /// The distance.
  public let value: Double
  /// Its standard error by the jackknife: from how the value changes without each tenth of the images.
  public let standardError: Double

  /// How many parts are left out in turn.
  private static let parts = 10
  /// Two images of each set must be left.
  package static let leastCount = 2 * parts

  /// Measures the distance between two sets of at least `leastCount` images.
  ///
  /// - Parameter threads: how many cores work; the result is the same for any number.
  package init(between x: Features, and y: Features, threads: Int) {
    precondition(
      min(x.count, y.count) >= KernelDistance.leastCount,
      "the kernel distance of \(x.count) and \(y.count) images")
    let sums = KernelSums(x, y, parts: KernelDistance.parts, threads: threads)
    value = sums.discrepancy(without: nil)
    let estimates = SampleMean(
      (0..<KernelDistance.parts).map { sums.discrepancy(without: $0) })
    // (parts - 1)/parts·Σ (estimate - mean)², which is (parts - 1)² times the mean's variance.
    standardError = Double(KernelDistance.parts - 1) * (estimates.standardError ?? 0)
  }
}

/// Sums of the kernel over pairs of parts of both sets.
private struct KernelSums: Sendable {
  /// The first and the second set of each of the three sums.
  private static let pairings = [(0, 0), (1, 1), (0, 1)]

  private let parts: Int
  /// Of both sets: how many images each part has.
  private let counts: [[Int]]
  /// Of both sets: Σ k(x, x) over each part.
  private let selves: [[Double]]
  /// Of each pairing: [part, part].
  private let sums: [[Double]]

  init(_ x: Features, _ y: Features, parts: Int, threads: Int) {
    let sets = [x, y].map(\.vectors)
    let rows = sets.map(PackedPoints.init)
    let dimension = Double(x.dimension)
    func part(_ number: Int, of set: Int) -> Range<Int> {
      let count = sets[set].count
      return number * count / parts..<(number + 1) * count / parts
    }
    let ranges = [0, 1].map { set in (0..<parts).map { part($0, of: set) } }
    let cells = KernelSums.pairings.map { _ in (0..<parts * parts).map { _ in SharedValue(0.0) } }
    let workers = Workers(count: threads)
    let memory = (0..<threads).map { _ in PairwiseProducts(dimension: sets[0].dimension) }
    workers.each(cells.count * parts * parts) { job, worker in
      let (pairing, cell) = (job / (parts * parts), job % (parts * parts))
      let (a, b) = KernelSums.pairings[pairing]
      cells[pairing][cell].value = memory[worker].cubicKernelSum(
        rows[a], ranges[a][cell / parts], sets[b], ranges[b][cell % parts])
    }
    self.parts = parts
    counts = ranges.map { $0.map(\.count) }
    sums = cells.map { $0.map(\.value) }
    selves = [0, 1].map { set in
      ranges[set].map { range in
        range.reduce(0) { sum, place in
          let base = Double(rows[set].squaredNorm(place)) / dimension + 1
          return sum + base * base * base
        }
      }
    }
  }

  /// The distance between the sets less one part of each.
  func discrepancy(without left: Int?) -> Double {
    let kept = (0..<parts).filter { $0 != left }
    let means = KernelSums.pairings.enumerated().map { pairing, sets in
      let sum = kept.reduce(0) { sum, a in
        kept.reduce(sum) { $0 + sums[pairing][a * parts + $1] }
      }
      let (first, second) = (count(sets.0, kept), count(sets.1, kept))
      if sets.0 != sets.1 { return sum / (first * second) }
      let pairs = sum - kept.reduce(0) { $0 + selves[sets.0][$1] }
      return pairs / (first * (first - 1))
    }
    return means[0] + means[1] - 2 * means[2]
  }

  private func count(_ set: Int, _ kept: [Int]) -> Double {
    Double(kept.reduce(0) { $0 + counts[set][$1] })
  }
}
