// A block of a matrix product held in registers: a few rows of one to four vectors each.

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

/// Accumulators for some rows of columns `V`.
///
/// Composed of nested generic structs because the optimizer keeps their fields in registers; an
/// array of accumulators, also one of fixed size, goes through memory and is 2.5 times slower.
protocol Tile: Lanes {
  associatedtype V: Columns
  static var rows: Int { get }
  /// Zeros.
  init()
  /// The same in every row.
  init(repeating row: V)
  /// Row r starts as numbers[r], in every column.
  init(numbers: UnsafePointer<Float>)
  /// Row r starts as what lies at `address + r·stride`.
  init(at address: UnsafePointer<Float>, stride: Int)
  /// Row r += a[r·stride] · b.
  mutating func add(_ a: UnsafePointer<Float>, stride: Int, times b: V)
  /// Row r += b.
  mutating func add(_ b: V)
  /// Σ_r row r.
  var sum: V { get }
  func store(at address: UnsafeMutablePointer<Float>, stride: Int)
}

extension Tile {
  /// Stores the first `count` floats of each row only, or all there are.
  @inline(__always)
  func store(first count: Int, at address: UnsafeMutablePointer<Float>, stride: Int) {
    if count >= V.width {
      store(at: address, stride: stride)
    } else {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.rows * V.width) { spare in
        guard let whole = spare.baseAddress else { return }
        store(at: whole, stride: V.width)
        for r in 0..<Self.rows {
          for v in 0..<count { address[r * stride + v] = whole[r * V.width + v] }
        }
      }
    }
  }
}

/// A tile of one row.
struct One<V: Columns>: Tile {
  private var row: V

  static var rows: Int { 1 }

  @inline(__always) init() { row = V() }

  @inline(__always) init(repeating row: V) { self.row = row }

  @inline(__always) init(numbers: UnsafePointer<Float>) { row = V(repeating: numbers.pointee) }

  @inline(__always) init(at address: UnsafePointer<Float>, stride: Int) { row = V(at: address) }

  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, stride: Int, times b: V) {
    row.add(a, times: b)
  }

  @inline(__always) mutating func add(_ b: V) { row.add(b) }

  @inline(__always) func map(_ transform: (Lane) -> Lane) -> One {
    One(repeating: row.map(transform))
  }

  @inline(__always) func zip(_ b: One, _ combine: (Lane, Lane) -> Lane) -> One {
    One(repeating: row.zip(b.row, combine))
  }

  @inline(__always) func zip(
    _ b: One, _ c: One, _ combine: (Lane, Lane, Lane) -> Lane
  ) -> One { One(repeating: row.zip(b.row, c.row, combine)) }

  @inline(__always) var sum: V { row }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>, stride: Int) {
    row.store(at: address)
  }
}

/// A tile made of two tiles, one above the other.
struct Both<Upper: Tile, Lower: Tile>: Tile where Upper.V == Lower.V {
  private var upper: Upper
  private var lower: Lower

  static var rows: Int { Upper.rows + Lower.rows }

  @inline(__always) private init(_ upper: Upper, _ lower: Lower) {
    (self.upper, self.lower) = (upper, lower)
  }

  @inline(__always) init() { self.init(Upper(), Lower()) }

  @inline(__always) init(repeating row: Upper.V) {
    self.init(Upper(repeating: row), Lower(repeating: row))
  }

  @inline(__always) init(numbers: UnsafePointer<Float>) {
    self.init(Upper(numbers: numbers), Lower(numbers: numbers + Upper.rows))
  }

  @inline(__always) init(at address: UnsafePointer<Float>, stride: Int) {
    upper = Upper(at: address, stride: stride)
    lower = Lower(at: address + Upper.rows * stride, stride: stride)
  }

  @inline(__always) mutating func add(
    _ a: UnsafePointer<Float>, stride: Int, times b: Upper.V
  ) {
    upper.add(a, stride: stride, times: b)
    lower.add(a + Upper.rows * stride, stride: stride, times: b)
  }

  @inline(__always) mutating func add(_ b: Upper.V) {
    upper.add(b)
    lower.add(b)
  }

  @inline(__always) func map(_ transform: (Lane) -> Lane) -> Both {
    Both(upper.map(transform), lower.map(transform))
  }

  @inline(__always) func zip(_ b: Both, _ combine: (Lane, Lane) -> Lane) -> Both {
    Both(upper.zip(b.upper, combine), lower.zip(b.lower, combine))
  }

  @inline(__always) func zip(
    _ b: Both, _ c: Both, _ combine: (Lane, Lane, Lane) -> Lane
  ) -> Both {
    Both(upper.zip(b.upper, c.upper, combine), lower.zip(b.lower, c.lower, combine))
  }

  @inline(__always) var sum: Upper.V {
    var sum = upper.sum
    sum.add(lower.sum)
    return sum
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>, stride: Int) {
    upper.store(at: address, stride: stride)
    lower.store(at: address + Upper.rows * stride, stride: stride)
  }
}

typealias Two<V: Columns> = Both<One<V>, One<V>>
typealias Three<V: Columns> = Both<Two<V>, One<V>>
typealias Four<V: Columns> = Both<Two<V>, Two<V>>
typealias Five<V: Columns> = Both<Four<V>, One<V>>
typealias Six<V: Columns> = Both<Four<V>, Two<V>>
typealias Seven<V: Columns> = Both<Four<V>, Three<V>>
typealias Eight<V: Columns> = Both<Four<V>, Four<V>>
typealias Nine<V: Columns> = Both<Eight<V>, One<V>>
typealias Ten<V: Columns> = Both<Eight<V>, Two<V>>
typealias Eleven<V: Columns> = Both<Eight<V>, Three<V>>
typealias Twelve<V: Columns> = Both<Eight<V>, Four<V>>
typealias Thirteen<V: Columns> = Both<Eight<V>, Five<V>>
typealias Fourteen<V: Columns> = Both<Seven<V>, Seven<V>>
typealias Fifteen<V: Columns> = Both<Eight<V>, Seven<V>>
typealias Sixteen<V: Columns> = Both<Eight<V>, Eight<V>>
