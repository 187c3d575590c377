// A moment of the diffusion process: a type of its own, so that no 0-based index passes for one.

/// A moment of the diffusion process: 0 is data, 1...T are ever noisier.
///
/// Timesteps are strideable, so `schedule.timesteps` is a collection to reverse or draw from.
public struct Timestep: Hashable, Strideable, Sendable, CustomStringConvertible {
  /// t, as the papers count it.
  public let value: Int

  /// A moment by its number.
  ///
  /// - Parameter value: t, not negative.
  public init(_ value: Int) {
    precondition(value >= 0, "timestep \(value)")
    self.value = value
  }

  /// The timestep diffusers and the network call `index`: t = index + 1.
  package init(index: Int) {
    self.init(index + 1)
  }

  /// Data: no noise yet.
  public static let zero = Timestep(0)

  /// What the network is fed, t - 1: diffusers counts from 0, and so must weights that are shared with
  /// it.
  package var index: Int { value - 1 }

  /// t in digits.
  public var description: String { "\(value)" }

  /// How many timesteps noisier `other` is.
  public func distance(to other: Timestep) -> Int { other.value - value }

  /// The timestep `n` later.
  public func advanced(by n: Int) -> Timestep { Timestep(value + n) }
}

/// A number in files; one below 0 is refused.
extension Timestep: Codable {
  /// Reads t.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let value = try container.decode(Int.self)
    guard value >= 0 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "timestep \(value)")
    }
    self.init(value)
  }

  /// Writes t.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
