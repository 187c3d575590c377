// What can be wrong with the sampling a user asks for.

/// A way of sampling that cannot be, and the way out.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
  /// More steps than timesteps, or none.
  case steps(Int, of: Int)
  /// Uniform spacing where T is not a multiple of the steps.
  case uneven(steps: Int, of: Int)
  /// Quadratic spacing with so many steps that timesteps would repeat.
  case repeated(steps: Int, of: Int)
  /// An eta outside 0...1.
  case eta(Double)
  /// A range to clip to that is not a positive number.
  case clipping(Double)

  /// One line: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .steps(let steps, let count):
      return "\(steps) steps of \(count) timesteps: take 1 to \(count)"
    case .uneven(let steps, let count):
      return "uniform spacing needs a whole stride, and \(count) timesteps / \(steps) steps is not"
        + " one: take trailing spacing, or a number of steps that divides \(count)"
    case .repeated(let steps, let count):
      let most = Int(Double(count).squareRoot())
      return "quadratic spacing of \(count) timesteps would repeat some in \(steps) steps:"
        + " take at most \(most) steps, or trailing spacing"
    case .eta(let eta):
      return "eta is \(eta), and must lie between 0 (DDIM) and 1 (DDPM)"
    case .clipping(let bound):
      return "images cannot be clipped to ±\(bound): take a positive number"
    }
  }
}
