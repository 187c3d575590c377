// How many steps fit into a time.

import Testing
import ddpm

@Suite struct TrainingPaceTests {
  private func pace(drawEvery: Int? = 50) -> TrainingPace {
    var pace = TrainingPace(
      measuring: .init(every: 10), drawing: .init(every: drawEvery),
      plotting: .init(every: drawEvery), saving: .init(every: 20))
    pace.observe(step: 0.1)
    pace.observe(measuring: 0.5)
    pace.observe(drawing: 5)
    pace.observe(saving: 1)
    return pace
  }

  /// The last measuring, drawing and saving take 6.5; those between 100 steps 4.5, 5 and 4. After
  /// step 10 there is also a measuring to come where it is not the last.
  @Test(arguments: [
    (0, 6.5, 0), (0, 3.0, 0), (0, -1.0, 0), (0, 6.5 + 0.2, 2), (0, 6.5 + 0.26, 3),
    (0, 6.5 + 10 + 4.5 + 5 + 4, 100), (10, 6.5 + 0.2, 0), (10, 6.5 + 0.5 + 0.2, 2),
    (11, 6.5 + 0.2, 2),
  ])
  func timeIsLeftForWhatComesBetweenTheStepsAndAfter(done: Int, seconds: Double, steps: Int) {
    #expect(pace().steps(in: seconds, after: done) == steps)
  }

  @Test func whatIsNeverDoneTakesNoTime() {
    #expect(pace(drawEvery: nil).steps(in: 1.5 + 10 + 4.5 + 4, after: 0) == 100)
  }

  /// Models are kept after steps 30, 60 and 90 only, for 2 each.
  @Test func whatDoesNotFollowTheLastStepTakesTimeWhenItIsDue() {
    var pace = TrainingPace(
      measuring: .init(every: nil), drawing: .init(every: nil), plotting: .init(every: nil),
      saving: .init(every: nil), keeping: .init(every: 30, end: .whenDue))
    pace.observe(step: 0.1)
    pace.observe(keeping: 2)
    #expect(pace.steps(in: 2.9, after: 0) == 29)
    #expect(pace.steps(in: 10 + 6, after: 0) == 100)
    #expect(pace.steps(in: 1 + 2, after: 30) == 10)
    #expect(pace.keeping.isDue(after: 60, isLast: false))
    #expect(
      !pace.keeping.isDue(after: 61, isLast: true) && !pace.keeping.isDue(after: 0, isLast: true))
  }

  @Test func thePaceIsAMeanAtFirstAndThenFollowsTheMachineSlowly() {
    var pace = pace()
    pace.observe(step: 0.2)
    #expect(abs(pace.step - 0.15) < 1e-12)
    for _ in 0..<200 { pace.observe(step: 0.3) }
    #expect(abs(pace.step - 0.3) < 1e-3)
    pace.observe(step: 10)
    #expect(abs(pace.step - 0.785) < 1e-3)
  }

  /// A machine that has become twice as slow also draws twice as slowly; its disk is what it was.
  @Test func whatIsComputedBetweenStepsSlowsDownWithThem() {
    var pace = pace()
    for _ in 0..<10 { pace.observe(step: 0.1) }
    for _ in 0..<400 { pace.observe(step: 0.2) }
    #expect(pace.steps(in: 1 + 2 * 5.5 + 2 * 0.2, after: 0) == 2)
  }

  /// A forward pass is a third of a step's work.
  @Test func aFirstStepPredictsTheTimeOfTheRest() {
    var pace = pace()
    pace.expect(step: 0.6, batch: 20, measured: 100, drawn: 500)
    #expect(pace.step == 0.6)
    #expect(pace.steps(in: 1 + 5 + 1 + 3 * 0.6, after: 0) == 3)
  }

  /// Beginning takes 0.5, a step 0.1.
  @Test func twoShortDrawingsPredictTheTimeOfAWholeOne() {
    #expect(abs(TrainingPace.drawing(one: 0.6, few: 0.9, steps: 4, of: 25) - 3) < 1e-12)
    #expect(TrainingPace.drawing(one: 0.6, few: 0.5, steps: 4, of: 25) == 0.5)
  }

  /// 36 images take 5 seconds.
  @Test(arguments: [(5.0, 36, 5.0), (4.9, 25, 125 / 36.0), (0.6, 4, 20 / 36.0), (0, 4, 20 / 36.0)])
  func drawingsThatTakeTooLongAreOfFewerImages(most: Double, images: Int, seconds: Double) {
    var pace = pace()
    #expect(pace.limitDrawing(of: 36, to: most) == images)
    #expect(pace.steps(in: 1.5 + seconds + 0.2, after: 0) == 2)
    #expect(pace.steps(in: 1.5 + seconds + 0.14, after: 0) == 1)
  }

  /// A clock that stood still, the longest budget.
  @Test func noPaceOverflows() {
    var pace = TrainingPace(
      measuring: .init(every: 1), drawing: .init(every: 1), plotting: .init(every: 1),
      saving: .init(every: 1))
    #expect(abs(pace.steps(in: 6e7, after: 0) - 60_000_000_000_000) <= 1)
    pace.observe(step: 1e9)
    #expect(pace.steps(in: 6e7, after: 0) == 0)
  }
}

// MARK: - Whole trainings on a clock that is not real

/// What the parts of a training really take, in seconds.
private struct Machine {
  var step = 0.5
  var measuring = 1.5
  var drawing = 8.0
  var saving = 0.3
  /// How much slower it is after some seconds.
  var slowness: @Sendable (Double) -> Double = { _ in 1 }
  /// How much longer a step takes by its number.
  var hiccup: @Sendable (Int) -> Double = { _ in 1 }
}

extension TrainingPaceTests {
  private static let machines: [(name: String, minutes: Double, machine: Machine)] = [
    ("slow steps", 1, Machine(step: 1, measuring: 3, drawing: 12)),
    ("steps longer than 2 %", 1, Machine(step: 3, measuring: 3, drawing: 12)),
    ("quick steps", 1, Machine(step: 0.01, measuring: 0.02, drawing: 0.3, saving: 0.05)),
    ("a drawing between, and the last", 20, Machine()),
    ("slower from the middle on", 1, Machine(slowness: { $0 < 30 ? 1 : 1.3 })),
    ("ever faster", 1, Machine(slowness: { 1.2 - 0.4 * $0 / 60 })),
    ("a slow step now and then", 1, Machine(hiccup: { $0 % 7 == 0 ? 1.5 : 1 })),
  ]

  /// Trains as `TrainingSession` does: the plan is made anew after each step.
  ///
  /// - Returns: when it ended, in seconds.
  private func train(_ minutes: Double, _ machine: Machine) -> Double {
    // A tenth of the time has gone into reading data and trying; what was tried is 3 % wrong.
    var now = 6 * minutes
    var pace = TrainingPace(
      measuring: .init(every: 100), drawing: .init(every: 500), plotting: .init(every: 500),
      saving: .init(every: 100))
    pace.expect(step: machine.step * 1.1, batch: 32, measured: 256, drawn: 900)
    pace.observe(measuring: machine.measuring * machine.slowness(now) * 1.03)
    pace.observe(drawing: machine.drawing * machine.slowness(now) * 1.03)
    func pass(_ seconds: Double) -> Double {
      let passed = seconds * machine.slowness(now)
      now += passed
      return passed
    }
    pace.observe(saving: pass(machine.saving))
    var done = 0
    while true {
      done += 1
      pace.observe(step: pass(machine.step * machine.hiccup(done)))
      let isLast = pace.steps(in: 60 * minutes - now, after: done) == 0
      if isLast || done % 100 == 0 { pace.observe(measuring: pass(machine.measuring)) }
      if isLast || done % 500 == 0 { pace.observe(drawing: pass(machine.drawing)) }
      if isLast || done % 100 == 0 { pace.observe(saving: pass(machine.saving)) }
      if isLast { return now }
    }
  }

  /// Within 2 % of the time, or within a step where one takes longer than that.
  @Test(arguments: machines.indices)
  func aTrainingEndsOnTime(place: Int) {
    let (name, minutes, machine) = Self.machines[place]
    let off = train(minutes, machine) - 60 * minutes
    #expect(abs(off) <= max(0.02 * 60 * minutes, machine.step), "\(name): \(off) s")
  }
}
