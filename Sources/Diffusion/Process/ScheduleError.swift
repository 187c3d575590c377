// What can be wrong with a noise schedule a user asks for.

/// A noise schedule that cannot be built, and the way out.
public enum ScheduleError: Error, Equatable, CustomStringConvertible {
  /// T is out of range.
  case timesteps(Int)
  /// A beta that is not between 0 and 1, or too small to change alphaBar.
  case beta(Double, at: Timestep, of: Int)
  /// alphaBar fell below what a float can hold: nothing is left of the image.
  case signalLost(at: Timestep, of: Int)

  /// One line: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .timesteps(let count):
      let range = NoiseSchedule.timestepCounts
      return "a schedule has \(range.lowerBound) to \(range.upperBound) timesteps, not \(count)"
    case .beta(let beta, let timestep, let count):
      let place = "beta is \(beta) at timestep \(timestep) of \(count)"
      let fault =
        beta > 0 && beta < 1
        ? "is too small to change alphaBar in single precision" : "must lie between 0 and 1"
      return "\(place), and \(fault): take another number of timesteps, or the cosine schedule"
    case .signalLost(let timestep, let count):
      return "nothing is left of the image at timestep \(timestep) of \(count):"
        + " take smaller betas, fewer timesteps, or the cosine schedule"
    }
  }
}
