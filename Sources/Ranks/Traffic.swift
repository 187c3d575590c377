// What steps of a shared training cost in communication.

/// Bytes and time of communication, over some steps.
public struct Traffic: Equatable, Sendable {
  /// How many steps.
  public private(set) var steps = 0
  /// The bytes that this rank has sent in them.
  public private(set) var bytes = 0
  /// The seconds that it has waited for others after its own work was done: for slower ranks, and for
  /// messages on their way.
  public private(set) var seconds = 0.0

  /// No step yet.
  public init() {}

  /// Adds a step.
  ///
  /// - Parameters:
  ///   - bytes: that this rank sent.
  ///   - seconds: that it waited.
  public mutating func add(bytes: Int, seconds: Double) {
    steps += 1
    self.bytes += bytes
    self.seconds += seconds
  }
}
