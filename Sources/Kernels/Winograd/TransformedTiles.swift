// The memory of transformed tiles: component by component, then tile by tile.

/// The transformed values of a block of tiles.
///
/// The components' offsets are in a table: with one or two vectors of channels, computing them took
/// a third of a transform's time, and there are no registers to keep them in.
struct TransformedTiles {
  private let base: UnsafeMutablePointer<Float>
  /// Floats from one tile's values to the next one's.
  private let row: Int
  /// Floats from a tile's first value to that of each component.
  private let offsets: UnsafePointer<Int>

  /// Calls `body` with the values that begin at an address.
  @inline(__always)
  static func with(
    _ values: Operand, _ block: TileBlock, channels: Int,
    _ body: (TransformedTiles) -> Void
  ) {
    let pitch = Winograd.pitch(tiles: block.count, channels)
    values.require(
      rows: Winograd.components, block.count * Winograd.row(channels), apart: pitch,
      "the transformed tiles")
    withUnsafeTemporaryAllocation(of: Int.self, capacity: Winograd.components) { table in
      for f in table.indices { table.initializeElement(at: f, to: f * pitch) }
      guard let offsets = table.baseAddress else { return }
      body(TransformedTiles(base: values.address, row: Winograd.row(channels), offsets: offsets))
    }
  }

  /// A vector of channels of a tile's values.
  struct Values {
    fileprivate let base: UnsafeMutablePointer<Float>
    fileprivate let offsets: UnsafePointer<Int>

    @inline(__always) subscript(i: Int, j: Int) -> Vector {
      get { Vector(at: base + offsets[i * F4.points + j]) }
      nonmutating set { newValue.store(at: base + offsets[i * F4.points + j]) }
    }
  }

  /// The vector from a channel on, of a tile of the block.
  @inline(__always) func values(tile number: Int, _ channel: Int) -> Values {
    Values(base: base + number * row + channel, offsets: offsets)
  }
}
