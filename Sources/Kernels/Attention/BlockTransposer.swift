// Transposes a block of as many tokens as a vector has elements, by shuffles.

/// Transposes between rows of tokens and columns of tokens: a vector's tokens, half a vector's
/// channels.
///
/// The position of a float is a binary number: the bits of its vector, then those of its element. A
/// round that interleaves the first half of the vectors with the second half rotates these bits by
/// one. After log₂(width) rounds, vectors of two tokens have become vectors of one channel; one
/// round less leads back.
struct BlockTransposer {
  /// Two sets of vectors: each round reads one and writes the other.
  private let vectors: UnsafeMutablePointer<Vector>

  static var tokens: Int { Vector.width }
  static var channels: Int { HalfVector.scalarCount }

  @inline(__always)
  static func with(_ body: (BlockTransposer) -> Void) {
    withUnsafeTemporaryAllocation(of: Vector.self, capacity: 2 * channels) { memory in
      if let base = memory.baseAddress { body(BlockTransposer(vectors: base)) }
    }
  }

  /// columns[c, i] = scale·rows[i, c].
  @inline(__always)
  func transpose(
    rows: UnsafePointer<Float>, rowLength: Int, scale: Float,
    into columns: UnsafeMutablePointer<Float>, width: Int
  ) {
    for i in 0..<BlockTransposer.channels {
      let row = rows + 2 * i * rowLength
      vectors[i].lowHalf = HalfVector(at: row)
      vectors[i].highHalf = HalfVector(at: row + rowLength)
    }
    let result = rotate(by: BlockTransposer.tokens.trailingZeroBitCount)
    for c in 0..<BlockTransposer.channels { (result[c] * scale).store(at: columns + c * width) }
  }

  /// rows[i, c] = scale·columns[c, i], or added.
  @inline(__always)
  func transpose(
    columns: UnsafePointer<Float>, width: Int, scale: Float,
    into rows: UnsafeMutablePointer<Float>, rowLength: Int, _ accumulation: Accumulation
  ) {
    for c in 0..<BlockTransposer.channels { vectors[c] = Vector(at: columns + c * width) * scale }
    let result = rotate(by: BlockTransposer.channels.trailingZeroBitCount)
    for i in 0..<BlockTransposer.channels {
      let row = rows + 2 * i * rowLength
      let (even, odd) = (result[i].lowHalf, result[i].highHalf)
      switch accumulation {
      case .overwrite:
        even.store(at: row)
        odd.store(at: row + rowLength)
      case .add:
        (even + HalfVector(at: row)).store(at: row)
        (odd + HalfVector(at: row + rowLength)).store(at: row + rowLength)
      }
    }
  }

  /// Rotates the bits of the floats' positions and returns the set that holds the result.
  @inline(__always)
  private func rotate(by bits: Int) -> UnsafeMutablePointer<Vector> {
    let half = BlockTransposer.channels / 2
    var (from, to) = (vectors, vectors + BlockTransposer.channels)
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
