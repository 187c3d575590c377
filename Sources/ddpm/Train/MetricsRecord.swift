// A line of a run's `metrics.jsonl`.

import Diffusion

/// What `metrics.jsonl` says of a step.
package struct MetricsRecord: Sendable {
  /// The step and what it did.
  package var step: Trainer.Step
  /// Seconds since the training began, without those between an interruption and a resumption.
  package var seconds: Double
  /// Images per second, over the steps since the record before.
  package var imagesPerSecond: Double
  /// The loss on held-out images, where it was measured.
  package var heldOut: HeldOutLoss.Measurement?

  /// A record of a step.
  package init(
    step: Trainer.Step, seconds: Double, imagesPerSecond: Double,
    heldOut: HeldOutLoss.Measurement?
  ) {
    (self.step, self.seconds, self.imagesPerSecond) = (step, seconds, imagesPerSecond)
    self.heldOut = heldOut
  }

  private static let stepKey = "step"

  var line: String {
    var members = [
      JSON.Member(MetricsRecord.stepKey, .integer(step.number)),
      JSON.Member("seconds", .number(seconds)),
      JSON.Member("loss", .number(step.loss)),
      JSON.Member("gradient_norm", .number(step.gradientNorm)),
      JSON.Member("learning_rate", .number(step.learningRate)),
      JSON.Member("images_per_second", .number(imagesPerSecond)),
    ]
    if let heldOut {
      members.append(JSON.Member("held_out_loss", .number(heldOut.mean)))
      members.append(
        JSON.Member("held_out_by_timestep", .array(heldOut.byTimestep.map(JSON.number))))
    }
    return JSON.object(members).text(.compact)
  }

  /// The step that a line is about; nil for a line that is torn.
  static func step(ofLine line: some Collection<UInt8>) -> Int? {
    (try? JSON.parse(line)).flatMap(step)
  }

  /// The step of a line's record; nil for one that no training reaches.
  static func step(of record: JSON) -> Int? {
    guard case .integer(let step)? = record.member(stepKey),
      (0...TrainingState.mostSteps).contains(step)
    else { return nil }
    return step
  }
}
