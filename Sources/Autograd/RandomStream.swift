// Numbers the independent streams of random numbers by their purpose.

/// A stream of random numbers; streams of one seed are independent. Other modules name their own.
package struct RandomStream: RawRepresentable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The parameters' first values.
  package static let initialization = RandomStream(rawValue: 0)
  /// Dropout masks: one stream per layer, from this one on. What a training draws besides has lower numbers,
  /// or numbers above all layers'.
  package static let dropout = RandomStream(rawValue: 7)
}
