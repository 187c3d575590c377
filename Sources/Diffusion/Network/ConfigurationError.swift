// What can be wrong with a configuration: of a network, of a schedule.

/// Settings that do not make a model: which, and what to change.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// A setting has a value outside of what is possible.
  case outOfRange(setting: String, value: String, allowed: String)
  /// The lists that describe the levels differ in length.
  case levels(channels: Int, downBlocks: Int, upBlocks: Int)
  /// An image cannot be halved and doubled again as often as the levels need.
  case resolution(height: Int, width: Int, levels: Int)
  /// Channels cannot be divided into the groups of a normalisation.
  case groups(Int, channels: Int)
  /// An attention head is wider than the level it stands in.
  case head(Int, channels: Int)
  /// The weights would take more memory than any such model needs.
  case tooLarge(parameters: Int, limit: Int)
  /// There is not one trained beta per timestep.
  case trainedBetas(count: Int, timesteps: Int)
  /// A schedule that ends in pure noise cannot be undone from a prediction of the noise.
  case noisePredictionAtZeroSNR
  /// The posterior's mean lies between two timesteps, which a process in continuous time does not have.
  case meanPredictionInContinuousTime

  /// One line that says what is wrong and what to do.
  public var description: String {
    switch self {
    case .outOfRange(let setting, let value, let allowed):
      return "\(setting) is \(value); it must be \(allowed)"
    case .levels(let channels, let down, let up):
      return "the network has \(channels) levels of channels, \(down) of down blocks and \(up) of "
        + "up blocks; there must be as many of each"
    case .resolution(let height, let width, let levels):
      let multiple = 1 << (levels - 1)
      let (rows, columns) = (Self.raise(height, multiple), Self.raise(width, multiple))
      return "a network of \(levels) levels needs a height and width that are multiples of "
        + "\(multiple), not \(height) x \(width): pad the images to \(rows) x \(columns) "
        + "or use fewer levels"
    case .groups(let groups, let channels):
      return "\(channels) channels cannot be divided into \(groups) normalisation groups; every "
        + "level's channels, and their sums where a skip connection joins, must be multiples of it"
    case .head(let head, let channels):
      return "an attention head of \(head) channels does not fit a level of \(channels)"
    case .tooLarge(let parameters, let limit):
      return "the network would have about \(parameters) parameters; the limit is \(limit)"
    case .trainedBetas(let count, let timesteps):
      return "there are \(count) trained betas for \(timesteps) timesteps; there must be one each"
    case .noisePredictionAtZeroSNR:
      return "a schedule rescaled to zero terminal SNR cannot be used with noise prediction; "
        + "the model must predict the sample or the velocity"
    case .meanPredictionInContinuousTime:
      return "a learned schedule has no timesteps for a posterior's mean to lie between; the model "
        + "must predict the noise, the sample or the velocity"
    }
  }

  private static func raise(_ value: Int, _ multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }

  /// Throws `outOfRange` for a value outside of `range`.
  static func check<Value: Comparable>(
    _ setting: String, _ value: Value, in range: ClosedRange<Value>
  ) throws(ConfigurationError) {
    guard range.contains(value) else {
      throw .outOfRange(
        setting: setting, value: "\(value)",
        allowed: "from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
