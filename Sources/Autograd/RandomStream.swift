// What random numbers are for: a number that keeps them apart from those for anything else.

/// A stream of random numbers; streams of one seed are independent. Other modules name their own.
package struct RandomStream: RawRepresentable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The parameters' first values.
  package static let initialization = RandomStream(rawValue: 0)
  /// Masks: one stream a layer, from this one on. What lies below it is free for other modules.
  package static let dropout = RandomStream(rawValue: 7)
}
