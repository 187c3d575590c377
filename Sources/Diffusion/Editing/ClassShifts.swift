// What moves the bottleneck's activations towards each class (h-space; Kwon et al. 2023).

/// Shifts of the bottleneck's activations, one per class, that make the network's estimate one of an image
/// of that class.
///
/// ```
/// Δ_c(t) = argmin_Δ E ‖target - f_θ(x_t, t; h + Δ)‖²,  x_0 of class c
/// ```
/// with the weights θ as they are. They are learned at some timesteps, the knots, and linear between them.
/// The way from one class to another is the difference of their shifts.
package struct ClassShifts: Equatable, Sendable {
  /// The timesteps at which shifts were learned, rising.
  package let knots: [Timestep]
  /// How many classes there are.
  package let classCount: Int
  /// The shifts, [classes, knots, h·w·C].
  package let values: [Float]

  /// How many numbers a shift has: h·w·C.
  var length: Int { values.count / (knots.count * classCount) }

  /// - Parameters:
  ///   - knots: two or more, rising.
  ///   - classCount: at least 1.
  ///   - values: [classes, knots, h·w·C].
  package init(knots: [Timestep], classCount: Int, values: [Float]) {
    precondition(
      knots.count > 1 && classCount > 0 && values.count % (knots.count * classCount) == 0,
      "\(values.count) floats for \(knots.count) timesteps and \(classCount) classes")
    (self.knots, self.classCount, self.values) = (knots, classCount, values)
  }

  /// Those of a model that were kept: nil where the values are not of its bottleneck.
  package init?(of model: DiffusionModel, classCount: Int, values: [Float]) {
    let knots = ClassShifts.knots(of: model.schedule)
    let length = model.configuration.bottleneckValues(model.imageSize)
    guard values.count == classCount * knots.count * length else { return nil }
    self.init(knots: knots, classCount: classCount, values: values)
  }

  /// [classes, knots, h·w·C].
  package var shape: [Int] { [classCount, knots.count, length] }

  /// Knots evenly over a process of T timesteps, from 1 to T.
  static func knots(of schedule: NoiseSchedule) -> [Timestep] {
    let last = schedule.last.value
    let count = min(usualKnots, last)
    return (0..<count).map { Timestep(1 + $0 * (last - 1) / max(1, count - 1)) }
  }
  private static let usualKnots = 11

  /// A knot, and how much it counts.
  typealias Part = (knot: Int, weight: Float)

  /// The knots on either side of a timestep, which add up to its shift.
  static func parts(at t: Timestep, of knots: [Timestep]) -> [Part] {
    guard let above = knots.firstIndex(where: { $0 >= t }) else {
      return [(knots.count - 1, 1)]
    }
    guard above > 0, knots[above] > t else { return [(above, 1)] }
    let (low, high) = (knots[above - 1].value, knots[above].value)
    let share = Float(t.value - low) / Float(high - low)
    return [(above - 1, 1 - share), (above, share)]
  }

  /// Writes the way from one class to another, times an amount.
  func setDirection(
    from source: Int, to target: Int, amount: Double, at t: Timestep, into shift: Block
  ) {
    precondition(shift.count == length, "\(shift.count) floats for a shift of \(length)")
    shift.floats.fill(0)
    for (knot, weight) in ClassShifts.parts(at: t, of: knots) {
      let scale = Float(amount) * weight
      let (a, b) = (
        (source * knots.count + knot) * length, (target * knots.count + knot) * length
      )
      for i in 0..<length { shift.floats[i] += scale * (values[b + i] - values[a + i]) }
    }
  }
}
