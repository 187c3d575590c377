// The process of a schedule that is learned, and the moments of a batch in it.

internal import Autograd

/// A schedule that is learned, with the table that stands for it outside of the training.
struct ContinuousProcess {
  private(set) var logSNR: LearnedLogSNR
  /// What the schedule's ends cost.
  let ends: EndTerms

  init(_ logSNR: LearnedLogSNR, _ ends: EndTerms) {
    (self.logSNR, self.ends) = (logSNR, ends)
  }

  /// The schedule as it is now, in `LearnedLogSNR.usualTimesteps` timesteps.
  var table: NoiseSchedule {
    ContinuousProcess.rising { () throws(ScheduleError) in try logSNR.table() }
  }

  /// γ rises by more than rounding everywhere, so its schedules are schedules.
  private static func rising(
    _ schedule: () throws(ScheduleError) -> NoiseSchedule
  ) -> NoiseSchedule {
    do { return try schedule() } catch { preconditionFailure("a learned schedule: \(error)") }
  }

  /// t of each image of a batch: evenly spread over 0...1 and shifted together, so that a batch's loss
  /// varies little (Kingma et al. 2021, Appendix I.1).
  ///
  /// - Parameters:
  ///   - batch: how many images.
  ///   - chance: the shift, in 0 ..< 1.
  /// - Returns: γ'(t), and t as the network takes it, on the table's scale.
  func times(_ batch: Int, chance: Double) -> [(slope: Double, index: Double)] {
    (0..<batch).map { item in
      let t = (Double(item) + chance) / Double(batch)
      return (logSNR(t).slope, t * ContinuousProcess.lastIndex)
    }
  }

  /// The process with the moments of a batch as its timesteps, and one more, since no process has a single
  /// one.
  func schedule(of draws: [Draw]) -> NoiseSchedule {
    let times = draws.map { $0.index / ContinuousProcess.lastIndex }
    return ContinuousProcess.rising { () throws(ScheduleError) in
      try logSNR.schedule(at: times + [1])
    }
  }

  /// Learns from the losses of a batch.
  ///
  /// - Parameters:
  ///   - losses: in bits per dimension, without the weights γ'(t).
  ///   - rate: the network's learning rate over its peak.
  mutating func follow(_ losses: some Collection<Float>, of draws: [Draw], rate: Double) {
    for (loss, draw) in zip(losses, draws) {
      logSNR.record(
        Double(loss) / Example.bitsPerNat, at: draw.index / ContinuousProcess.lastIndex)
    }
    logSNR.adapt(rate: rate, ends)
  }

  private static let lastIndex = Double(LearnedLogSNR.usualTimesteps - 1)
}
