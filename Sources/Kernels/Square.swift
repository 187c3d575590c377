// A vector's tokens of half a vector's channels, transposed by shuffles.

/// Memory for the floats of some tokens, and their transposition either way.
///
/// The place of a float is a number, its vector's bits before those of its element. A round that
/// interleaves the first half of the vectors with the second rotates these bits by one: vectors of
/// two tokens become vectors of a channel after log₂(width) rounds, and tokens again after one less.
struct Square {
  /// Two sets of vectors, for rounds from one to the other and back.
  private let vectors: UnsafeMutablePointer<Lane>

  static var tokens: Int { Lane.width }
  static var channels: Int { HalfLane.scalarCount }

  @inline(__always)
  static func with(_ body: (Square) -> Void) {
    withUnsafeTemporaryAllocation(of: Lane.self, capacity: 2 * channels) { memory in
      if let base = memory.baseAddress { body(Square(vectors: base)) }
    }
  }

  /// columns[c, i] = scale·rows[i, c].
  @inline(__always)
  func transpose(
    rows: UnsafePointer<Float>, rowLength: Int, scale: Float,
    into columns: UnsafeMutablePointer<Float>, width: Int
  ) {
    for i in 0..<Square.channels {
      let row = rows + 2 * i * rowLength
      vectors[i].lowHalf = HalfLane(at: row)
      vectors[i].highHalf = HalfLane(at: row + rowLength)
    }
    let result = rotate(by: Square.tokens.trailingZeroBitCount)
    for c in 0..<Square.channels { (result[c] * scale).store(at: columns + c * width) }
  }

  /// rows[i, c] = scale·columns[c, i], or added.
  @inline(__always)
  func transpose(
    columns: UnsafePointer<Float>, width: Int, scale: Float,
    into rows: UnsafeMutablePointer<Float>, rowLength: Int, _ accumulation: Accumulation
  ) {
    for c in 0..<Square.channels { vectors[c] = Lane(at: columns + c * width) * scale }
    let result = rotate(by: Square.channels.trailingZeroBitCount)
    for i in 0..<Square.channels {
      let row = rows + 2 * i * rowLength
      let (even, odd) = (result[i].lowHalf, result[i].highHalf)
      switch accumulation {
      case .overwrite:
        even.store(at: row)
        odd.store(at: row + rowLength)
      case .add:
        (even + HalfLane(at: row)).store(at: row)
        (odd + HalfLane(at: row + rowLength)).store(at: row + rowLength)
      }
    }
  }

  /// Rotates the bits of the floats' places and returns where the floats are then.
  @inline(__always)
  private func rotate(by bits: Int) -> UnsafeMutablePointer<Lane> {
    let half = Square.channels / 2
    var (from, to) = (vectors, vectors + Square.channels)
    for _ in 0..<bits {
      for i in 0..<half {
        let (a, b) = (from[i], from[i + half])
        to[2 * i].evenHalf = a.lowHalf
        to[2 * i].oddHalf = b.lowHalf
        to[2 * i + 1].evenHalf = a.highHalf
        to[2 * i + 1].oddHalf = b.highHalf
      }
      swap(&from, &to)
    }
    return from
  }
}
