// How long the parts of a training take, and how many steps fit into a time.

/// What is known of a training's pace, in seconds.
package struct TrainingPace: Equatable, Sendable {
  /// Something that is done now and then between two steps, and once more after the last.
  package struct Interlude: Equatable, Sendable {
    /// Steps between two of them; nil for none, not even a last one.
    package let every: Int?
    /// How long one takes.
    package var seconds = 0.0

    package init(every: Int?) { self.every = every }

    /// What it adds to a step.
    fileprivate var share: Double { every.map { seconds / Double($0) } ?? 0 }
    /// What it adds to the end.
    fileprivate var last: Double { every == nil ? 0 : seconds }
  }

  /// A step.
  package private(set) var step = 0.0
  /// Measuring the held-out loss.
  package var measuring: Interlude
  /// Drawing a grid of samples.
  package var drawing: Interlude
  /// Saving a checkpoint.
  package var saving: Interlude

  package init(measuring: Interlude, drawing: Interlude, saving: Interlude) {
    (self.measuring, self.drawing, self.saving) = (measuring, drawing, saving)
  }

  /// Share of the running mean that a step replaces: the pace follows a machine whose load changes
  /// within a minute or so, and not a single slow step.
  private static let smoothing = 0.05
  /// No step is shorter; it keeps a clock that stood still from promising endless steps.
  private static let shortest = 1e-6

  /// Takes note of how long a step took.
  package mutating func observe(step seconds: Double) {
    step = step == 0 ? seconds : step + TrainingPace.smoothing * (seconds - step)
  }

  /// The pace as it is expected from how long a first step takes: a forward pass is a third of a
  /// step's work.
  ///
  /// - Parameters:
  ///   - seconds: of a step.
  ///   - batch: images of a step.
  ///   - measured: forward passes of a measurement.
  ///   - drawn: forward passes of a drawing.
  package mutating func expect(step seconds: Double, batch: Int, measured: Int, drawn: Int) {
    step = seconds
    let forward = seconds / Double(3 * batch)
    measuring.seconds = forward * Double(measured)
    drawing.seconds = forward * Double(drawn)
  }

  /// How many more steps fit into a time, with what lies between them and what follows the last.
  package func steps(in seconds: Double) -> Int {
    let interludes = [measuring, drawing, saving]
    let rest = seconds - interludes.reduce(0) { $0 + $1.last }
    let perStep = interludes.reduce(max(step, TrainingPace.shortest)) { $0 + $1.share }
    return max(0, Int((rest / perStep).rounded()))
  }
}
