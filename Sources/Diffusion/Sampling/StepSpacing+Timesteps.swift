// Which timesteps a short sampler visits.

import Foundation

extension StepSpacing {
  /// The paper's exponent.
  private static let rho = 7.0

  /// Exactly S timesteps of 1...T, strictly decreasing.
  ///
  /// - Parameters:
  ///   - steps: S.
  ///   - schedule: of T timesteps.
  ///   - offset: how much later each timestep of leading spacing is.
  /// - Throws: `SamplingError` if S is not in 1...T, or if this spacing has no S steps.
  package func timesteps(
    _ steps: Int, of schedule: NoiseSchedule, offset: Int = 0
  ) throws(SamplingError) -> [Timestep] {
    let count = schedule.last.value
    guard steps >= 1, steps <= count else { throw .steps(steps, of: count) }
    switch self {
    case .uniform:
      guard count % steps == 0 else { throw .uneven(steps: steps, of: count) }
      return StepSpacing.strided(steps, by: count / steps)
    case .leading:
      let stride = count / steps
      guard (steps - 1) * stride + offset < count else {
        throw .offset(offset, steps: steps, of: count)
      }
      return StepSpacing.strided(steps, by: stride).map { $0.advanced(by: offset) }
    case .quadratic:
      // Where the squares lie closer than 1, the next timestep in place of the same one again.
      let grid = (1...steps).reduce(into: [0]) { grid, i in
        grid.append(max(count * i * i / (steps * steps), grid[i - 1] + 1))
      }
      return grid.dropFirst().reversed().map { Timestep($0) }
    case .trailing:
      // NumPy's arange takes the difference of its first two values for the stride; the rounding
      // in it decides cases half-way between two timesteps.
      let first = Double(count)
      let stride = first - (first - first / Double(steps))
      return (0..<steps).map { StepSpacing.rounded(first - Double($0) * stride) }
    case .logsnr:
      let (noise, data) = (schedule.logSNR(schedule.lastWithSignal), schedule.logSNR(Timestep(1)))
      return StepSpacing.nearest(
        StepSpacing.even(steps, from: noise, to: data), by: schedule.logSNR, in: schedule)
    case .karras:
      // σ̂ = e^-λ, whose 7th roots are even.
      let roots = [schedule.lastWithSignal, Timestep(1)].map {
        exp(-schedule.logSNR($0) / StepSpacing.rho)
      }
      let targets = StepSpacing.even(steps, from: roots[0], to: roots[1])
      return StepSpacing.nearest(
        targets.map { -StepSpacing.rho * log($0) }, by: schedule.logSNR, in: schedule)
    case .angle:
      // The squares of the angles, negated as they grow with the timestep.
      let squaredAngle = { (t: Timestep) in
        let angle = acos(schedule.alphaBar(t).squareRoot())
        return -angle * angle
      }
      let targets = (0..<steps).map {
        squaredAngle(schedule.last) * Double(steps - $0) / Double(steps)
      }
      return StepSpacing.nearest(targets, by: squaredAngle, in: schedule)
    case .linspace:
      let stride = Double(count - 1) / Double(max(steps - 1, 1))
      return (0..<steps).reversed().map {
        Timestep(index: StepSpacing.rounded(Double($0) * stride).value)
      }
    }
  }

  /// T, and for each further target the timestep nearest in a quantity that falls with the timestep, which
  /// was not visited yet and leaves one for each target after it.
  static func nearest(
    _ targets: [Double], by quantity: (Timestep) -> Double, in schedule: NoiseSchedule
  ) -> [Timestep] {
    var grid = [schedule.last]
    for (place, target) in targets.enumerated().dropFirst() {
      let most = grid[place - 1].value - 1
      var t = targets.count - place
      while t < most, quantity(Timestep(t + 1)) >= target { t += 1 }
      if t < most {
        let (near, far) = (quantity(Timestep(t)), quantity(Timestep(t + 1)))
        if target - far < near - target { t += 1 }
      }
      grid.append(Timestep(t))
    }
    return grid
  }

  /// S numbers from one to another, both included; of one number the first.
  static func even(_ steps: Int, from first: Double, to last: Double) -> [Double] {
    (0..<steps).map { first + (last - first) * Double($0) / Double(max(steps - 1, 1)) }
  }

  private static func strided(_ steps: Int, by stride: Int) -> [Timestep] {
    (0..<steps).reversed().map { Timestep(index: $0 * stride) }
  }

  /// Half to even, as NumPy rounds; diffusers' grids depend on it.
  private static func rounded(_ value: Double) -> Timestep {
    Timestep(Int(value.rounded(.toNearestOrEven)))
  }
}

extension SamplingDefaults {
  /// S timesteps as the pipeline spreads them.
  ///
  /// diffusers' multistep solvers take, with leading spacing and linspace, the grid of S + 1 steps without
  /// its last timestep. Drawn by them, a pipeline of theirs has that grid here too.
  ///
  /// - Parameters:
  ///   - steps: S.
  ///   - schedule: of T timesteps.
  ///   - plan: what draws.
  /// - Throws: `SamplingError` as a spacing does.
  func timesteps(
    _ steps: Int, of schedule: NoiseSchedule, by plan: any Sampler
  ) throws(SamplingError) -> [Timestep] {
    let leavesOne =
      switch (sampler, spacing) {
      case (.dpmSolver, .leading), (.dpmSolver, .linspace), (.uniPC, .leading), (.uniPC, .linspace):
        steps < schedule.last.value && (plan is DPMSolverMultistep || plan is UniPCSampler)
      default: false
      }
    let grid = try spacing.timesteps(
      leavesOne ? steps + 1 : steps, of: schedule, offset: stepsOffset)
    return leavesOne ? grid.dropLast() : grid
  }
}
