// The columns of a tile: one to four vectors side by side.

/// Some vectors side by side: each operation is done for one after the other, so that none waits for the
/// operation before.
package protocol Lanes {
  func map(_ transform: (Lane) -> Lane) -> Self
  /// Combines each vector with its counterparts.
  func zip(_ b: Self, _ combine: (Lane, Lane) -> Lane) -> Self
  func zip(_ b: Self, _ c: Self, _ combine: (Lane, Lane, Lane) -> Lane) -> Self
}

/// The columns a tile covers: one vector or a few side by side.
protocol Columns: Lanes {
  /// How many floats the columns are.
  static var width: Int { get }
  /// Rows of a tile that fits the registers.
  static var tallestTile: Int { get }
  /// Zeros.
  init()
  init(repeating number: Float)
  init(at address: UnsafePointer<Float>)
  /// self += a[0]·b.
  mutating func add(_ a: UnsafePointer<Float>, times b: Self)
  mutating func add(_ b: Self)
  func store(at address: UnsafeMutablePointer<Float>)
}

extension Lane: Columns {
  /// A little taller than that of two vectors: 16 is a usual number of channels.
  static var tallestTile: Int { Pair.tallestTile + 2 }

  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, times b: Lane) {
    self = adding(a.pointee, times: b)
  }
  @inline(__always) mutating func add(_ b: Lane) { self += b }
}

extension Lane: Lanes {
  @inline(__always) package func map(_ transform: (Lane) -> Lane) -> Lane { transform(self) }

  @inline(__always) package func zip(_ b: Lane, _ combine: (Lane, Lane) -> Lane) -> Lane {
    combine(self, b)
  }

  @inline(__always) package func zip(
    _ b: Lane, _ c: Lane, _ combine: (Lane, Lane, Lane) -> Lane
  ) -> Lane { combine(self, b, c) }
}

/// Columns made of two, one beside the other: each broadcast element of A is used for both.
struct Beside<Left: Columns, Right: Columns>: Columns {
  private var left: Left
  private var right: Right

  static var width: Int { Left.width + Right.width }
  static var tallestTile: Int {
    let vectors = width / Lane.width
    return (Lane.registers - vectors - 1) / vectors
  }

  @inline(__always) init() { self.init(Left(), Right()) }

  @inline(__always) init(repeating number: Float) {
    self.init(Left(repeating: number), Right(repeating: number))
  }

  @inline(__always) private init(_ left: Left, _ right: Right) {
    (self.left, self.right) = (left, right)
  }

  @inline(__always) init(at address: UnsafePointer<Float>) {
    left = Left(at: address)
    right = Right(at: address + Left.width)
  }

  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, times b: Beside) {
    left.add(a, times: b.left)
    right.add(a, times: b.right)
  }

  @inline(__always) mutating func add(_ b: Beside) {
    left.add(b.left)
    right.add(b.right)
  }

  @inline(__always) func map(_ transform: (Lane) -> Lane) -> Beside {
    Beside(left.map(transform), right.map(transform))
  }

  @inline(__always) func zip(_ b: Beside, _ combine: (Lane, Lane) -> Lane) -> Beside {
    Beside(left.zip(b.left, combine), right.zip(b.right, combine))
  }

  @inline(__always) func zip(
    _ b: Beside, _ c: Beside, _ combine: (Lane, Lane, Lane) -> Lane
  ) -> Beside {
    Beside(left.zip(b.left, c.left, combine), right.zip(b.right, c.right, combine))
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>) {
    left.store(at: address)
    right.store(at: address + Left.width)
  }
}

/// One vector of columns of two terms of a sum that alternate, for columns that fill half a vector:
/// A's numbers are broadcast in pairs, and the sum's two halves are left to be added.
struct Alternating: Columns {
  private var lane: Lane

  static var width: Int { Lane.width }
  static var tallestTile: Int { Lane.tallestTile }

  @inline(__always) init() { lane = Lane() }

  @inline(__always) init(repeating number: Float) { lane = Lane(repeating: number) }

  @inline(__always) private init(_ lane: Lane) { self.lane = lane }

  @inline(__always) init(at address: UnsafePointer<Float>) { lane = Lane(at: address) }

  /// self += (a[0], a[1], a[0], a[1], …)·b.
  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, times b: Alternating) {
    lane = lane.adding(Lane(repeatingPairAt: a), times: b.lane)
  }

  @inline(__always) mutating func add(_ b: Alternating) { lane += b.lane }

  @inline(__always) func map(_ transform: (Lane) -> Lane) -> Alternating {
    Alternating(transform(lane))
  }

  @inline(__always) func zip(
    _ b: Alternating, _ combine: (Lane, Lane) -> Lane
  ) -> Alternating { Alternating(combine(lane, b.lane)) }

  @inline(__always) func zip(
    _ b: Alternating, _ c: Alternating, _ combine: (Lane, Lane, Lane) -> Lane
  ) -> Alternating { Alternating(combine(lane, b.lane, c.lane)) }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>) { lane.store(at: address) }
}

typealias Pair = Beside<Lane, Lane>
typealias Triple = Beside<Pair, Lane>
typealias Quad = Beside<Pair, Pair>
