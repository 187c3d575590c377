// Importance sampling of timesteps by the losses seen there (Nichol and Dhariwal 2021, Section 3.3).

/// How the timesteps of a batch are drawn.
public enum TimestepSampling: String, CaseIterable, Sendable {
  /// As the objective draws them: uniform, and stratified over the batch.
  case stratified
  /// p_t ∝ √E[L_t²] over the last ten losses at t, each loss weighted by 1/(T p_t), so that the mean is
  /// the same; uniform until every timestep has ten. The bound's terms differ by orders of magnitude
  /// between timesteps, and its gradient is the less noisy for it.
  case importance

  /// How many losses each timestep must have had before importance decides.
  package static var losses: Int { LossHistory.depth }
}

/// The last losses of each timestep.
struct LossHistory: Equatable, Sendable {
  /// How many losses each timestep has had, [T].
  private(set) var counts: [Int]
  /// The last ones, the newest over the oldest, [T, depth].
  private(set) var losses: [Float]

  /// How many losses of a timestep count.
  static let depth = 10
  /// The share of examples whose timesteps are uniform all the same, so that none is forgotten.
  private static let uniformShare = 0.001

  /// No losses.
  ///
  /// - Parameter timesteps: T.
  init(timesteps: Int) {
    counts = [Int](repeating: 0, count: timesteps)
    losses = [Float](repeating: 0, count: timesteps * LossHistory.depth)
  }

  /// Losses that were kept.
  ///
  /// - Parameters:
  ///   - counts: [T].
  ///   - losses: [T, depth].
  init(counts: [Int], losses: [Float]) {
    precondition(
      losses.count == counts.count * LossHistory.depth,
      "\(losses.count) losses of \(counts.count) timesteps")
    (self.counts, self.losses) = (counts, losses)
  }

  /// Adds the loss of an example, without its weight.
  mutating func record(_ loss: Float, at t: Timestep) {
    losses[t.index * LossHistory.depth + counts[t.index] % LossHistory.depth] = loss
    counts[t.index] += 1
  }

  /// p of the timesteps 1...T; nil while some have too few losses.
  var probabilities: [Double]? {
    guard counts.allSatisfy({ $0 >= LossHistory.depth }) else { return nil }
    let roots = counts.indices.map { place in
      losses[place * LossHistory.depth..<(place + 1) * LossHistory.depth]
        .reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let sum = roots.reduce(0, +)
    guard sum > 0, sum.isFinite else { return nil }
    let uniform = LossHistory.uniformShare / Double(roots.count)
    return roots.map { (1 - LossHistory.uniformShare) * $0 / sum + uniform }
  }
}

/// Timesteps drawn with given probabilities.
struct ImportanceDraw {
  private let cumulative: [Double]
  private let probabilities: [Double]

  /// - Parameter probabilities: of the timesteps 1...T, which add up to 1.
  init(_ probabilities: [Double]) {
    self.probabilities = probabilities
    var sum = 0.0
    cumulative = probabilities.map { p in
      sum += p
      return sum
    }
  }

  /// The timestep at a place in the distribution, and the weight 1/(T p) of what is measured there.
  ///
  /// - Parameter place: uniform in 0 ..< 1.
  func callAsFunction(_ place: Double) -> (timestep: Timestep, weight: Double) {
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] <= place { low = middle + 1 } else { high = middle }
    }
    return (Timestep(index: low), 1 / (Double(probabilities.count) * probabilities[low]))
  }
}
