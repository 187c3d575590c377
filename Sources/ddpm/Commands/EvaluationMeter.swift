// One progress line over measurements of different sizes.

/// Tells the time left over all measurements while one of them runs.
struct EvaluationMeter {
  private let total: Int
  private let progress: SharedProgress
  private let start = ContinuousClock.now
  private var done = 0

  /// A meter of so much work, in runs of the network.
  init(total: Int, _ progress: SharedProgress) {
    (self.total, self.progress) = (max(1, total), progress)
  }

  /// How long all of it has taken so far.
  var elapsed: Duration { ContinuousClock.now - start }

  /// Makes a measurement.
  ///
  /// - Parameters:
  ///   - label: what is measured.
  ///   - size: how much of the work it is.
  ///   - body: the measurement, which reports its own share that is done.
  mutating func measure<Result>(
    _ label: String, _ size: Int, _ body: (@escaping @Sendable (Double) -> Void) -> Result
  ) -> Result {
    let (before, total, start, progress) = (Double(done), Double(total), start, progress)
    let result = body { share in
      let all = (before + share * Double(size)) / total
      progress.update("\(percent(all))  \(label)  left \(left(all, since: start).brief)")
    }
    done += size
    return result
  }
}
