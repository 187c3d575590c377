// How long the parts of a training take, and how many steps fit into a time.

/// What is known of a training's pace, in seconds.
package struct TrainingPace: Equatable, Sendable {
  /// Something that is done now and then between two steps, and mostly once more after the last.
  package struct Interlude: Equatable, Sendable {
    /// Steps between two of them; nil for none, not even a last one.
    package let every: Int?
    /// What there is after the last step.
    package let end: End
    /// How long one takes, on a machine as fast as when the pace was first known.
    fileprivate var seconds = 0.0

    /// What there is after the last step.
    package enum End: Sendable {
      /// One in any case.
      case always
      /// One only where it is due as after any step.
      case whenDue
    }

    package init(every: Int?, end: End = .always) { (self.every, self.end) = (every, end) }

    /// Whether one follows a step.
    package func isDue(after step: Int, isLast: Bool) -> Bool {
      guard let every else { return false }
      return step > 0 && step % every == 0 || isLast && end == .always
    }

    /// What those take that are due after steps `done` ... `done + more`.
    fileprivate func seconds(after done: Int, more: Int) -> Double {
      guard let every else { return 0 }
      let before = max(0, done - 1) / every
      let due =
        switch end {
        case .always: more == 0 ? 1 : (done + more - 1) / every - before + 1
        case .whenDue: (done + more) / every - before
        }
      return seconds * Double(due)
    }
  }

  /// The mean of the steps, the last ones above all.
  package private(set) var step = 0.0
  /// Measuring the held-out loss.
  package private(set) var measuring: Interlude
  /// Drawing a grid of samples.
  package private(set) var drawing: Interlude
  /// Drawing the losses.
  package private(set) var plotting: Interlude
  /// Saving a checkpoint.
  package private(set) var saving: Interlude
  /// Keeping a model for good.
  package private(set) var keeping: Interlude

  /// How many steps that mean is made of.
  private var observed = 0
  /// That mean when the pace was first known.
  private var firstStep = 0.0

  package init(
    measuring: Interlude, drawing: Interlude, plotting: Interlude, saving: Interlude,
    keeping: Interlude = .init(every: nil)
  ) {
    (self.measuring, self.drawing) = (measuring, drawing)
    (self.plotting, self.saving, self.keeping) = (plotting, saving, keeping)
  }

  /// Share of the running mean that a step replaces: the pace follows a machine whose load changes
  /// within a minute or so, and not a single slow step.
  private static let smoothing = 0.05
  /// Steps whose mean is the first pace that is known; what took time before them took it then.
  private static let settling = 5
  /// No step is shorter; it keeps a clock that stood still from promising endless steps.
  private static let shortest = 1e-6
}

// MARK: - What took how long

extension TrainingPace {
  /// Takes note of how long a step took.
  package mutating func observe(step seconds: Double) {
    observed += 1
    step += max(TrainingPace.smoothing, 1 / Double(observed)) * (seconds - step)
    if observed <= TrainingPace.settling { firstStep = step }
  }

  /// How much slower the machine has become since the pace was first known.
  private var drift: Double { firstStep == 0 ? 1 : step / firstStep }

  /// Takes note of how long measuring took.
  package mutating func observe(measuring seconds: Double) { measuring.seconds = seconds / drift }
  /// Takes note of how long drawing took.
  package mutating func observe(drawing seconds: Double) { drawing.seconds = seconds / drift }
  /// Takes note of how long drawing the losses took.
  package mutating func observe(plotting seconds: Double) { plotting.seconds = seconds / drift }
  /// Takes note of how long saving took; that is the disk's time.
  package mutating func observe(saving seconds: Double) { saving.seconds = seconds }
  /// Takes note of how long keeping a model took; that is the disk's time too.
  package mutating func observe(keeping seconds: Double) { keeping.seconds = seconds }

  /// The pace as it is expected from how long a first step takes: a forward pass is a third of a
  /// step's work.
  ///
  /// - Parameters:
  ///   - seconds: of a step.
  ///   - batch: images of a step.
  ///   - measured: forward passes of a measurement.
  ///   - drawn: forward passes of a drawing.
  package mutating func expect(step seconds: Double, batch: Int, measured: Int, drawn: Int) {
    (step, firstStep, observed) = (seconds, seconds, 1)
    let forward = seconds / Double(3 * batch)
    measuring.seconds = forward * Double(measured)
    drawing.seconds = forward * Double(drawn)
  }

  /// What a drawing takes, from two short ones: each step costs alike, and beginning costs too.
  ///
  /// - Parameters:
  ///   - one: seconds of a drawing of one step.
  ///   - few: seconds of one of several steps.
  ///   - steps: how many those are, more than one.
  ///   - all: the steps of a whole drawing.
  package static func drawing(one: Double, few: Double, steps: Int, of all: Int) -> Double {
    let slope = max(0, few - one) / Double(steps - 1)
    return few + slope * Double(all - steps)
  }
}

// MARK: - What fits

extension TrainingPace {
  /// The fewest images of a grid, a side.
  private static let leastSide = 2

  /// Draws smaller squares where a drawing would take longer than a time.
  ///
  /// - Parameters:
  ///   - images: the images of a drawing.
  ///   - seconds: what it may take.
  /// - Returns: how many images the drawings are of from now on.
  package mutating func limitDrawing(of images: Int, to seconds: Double) -> Int {
    let most = Double(images) * seconds / max(drawing.seconds, TrainingPace.shortest)
    guard most < Double(images) else { return images }
    let side = max(TrainingPace.leastSide, Int(most.squareRoot()))
    drawing.seconds *= Double(side * side) / Double(images)
    return side * side
  }
}

extension TrainingPace {
  /// How many more steps end nearest to a time, with all that lies between them and follows the
  /// last.
  ///
  /// - Parameters:
  ///   - seconds: the time that is left.
  ///   - done: steps done; what is due after the last of them is yet to come.
  package func steps(in seconds: Double, after done: Int) -> Int {
    // The most that could fit, and then halves.
    var (fitting, tooMany) = (0, Int(max(0, seconds) / max(step, TrainingPace.shortest)) + 1)
    while tooMany - fitting > 1 {
      let middle = (fitting + tooMany) / 2
      if duration(of: middle, after: done) <= seconds {
        fitting = middle
      } else {
        tooMany = middle
      }
    }
    let early = seconds - duration(of: fitting, after: done)
    let late = duration(of: fitting + 1, after: done) - seconds
    return early > late ? fitting + 1 : fitting
  }

  /// How long some more steps take, with what lies between them and follows the last.
  private func duration(of more: Int, after done: Int) -> Double {
    let computed = [measuring, drawing, plotting].reduce(0) {
      $0 + $1.seconds(after: done, more: more)
    }
    return max(step, TrainingPace.shortest) * Double(more) + drift * computed
      + saving.seconds(after: done, more: more) + keeping.seconds(after: done, more: more)
  }
}

/// How many seconds something takes.
func duration(_ work: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try work()
  return (ContinuousClock.now - start).seconds
}
