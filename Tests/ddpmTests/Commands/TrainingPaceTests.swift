// How many steps fit into a time.

import Testing
import ddpm

@Suite struct TrainingPaceTests {
  private func pace(drawEvery: Int? = 50) -> TrainingPace {
    var pace = TrainingPace(
      measuring: .init(every: 10), drawing: .init(every: drawEvery), saving: .init(every: 20))
    pace.observe(step: 0.1)
    (pace.measuring.seconds, pace.drawing.seconds, pace.saving.seconds) = (0.5, 5, 1)
    return pace
  }

  /// A step with its shares of measuring, drawing and saving takes 0.1 + 0.05 + 0.1 + 0.05; the
  /// last of each 6.5.
  @Test(arguments: [
    (6.5, 0), (3.0, 0), (-1.0, 0), (6.5 + 30, 100), (6.5 + 29.9, 100), (6.5 + 0.2, 1),
  ])
  func timeIsLeftForWhatFollowsTheLastStep(seconds: Double, steps: Int) {
    #expect(pace().steps(in: seconds) == steps)
  }

  @Test func whatIsNeverDoneTakesNoTime() {
    #expect(pace(drawEvery: nil).steps(in: 1.5 + 20) == 100)
  }

  @Test func thePaceFollowsTheMachineSlowly() {
    var pace = pace()
    pace.observe(step: 10)
    #expect(abs(pace.step - 0.595) < 1e-12)
    for _ in 0..<200 { pace.observe(step: 0.3) }
    #expect(abs(pace.step - 0.3) < 1e-3)
  }

  /// A forward pass is a third of a step's work for an image.
  @Test func aRehearsalTellsWhatTheRestWillTake() {
    var pace = pace()
    pace.expect(step: 0.6, batch: 20, measured: 100, drawn: 500)
    #expect(pace.step == 0.6)
    #expect(abs(pace.measuring.seconds - 1) < 1e-12 && abs(pace.drawing.seconds - 5) < 1e-12)
  }

  /// A clock that stood still, the longest budget.
  @Test func noPaceOverflows() {
    var pace = TrainingPace(
      measuring: .init(every: 1), drawing: .init(every: 1), saving: .init(every: 1))
    #expect(pace.steps(in: 6e7) == 60_000_000_000_000)
    pace.observe(step: 1e9)
    #expect(pace.steps(in: 6e7) == 0)
  }
}
