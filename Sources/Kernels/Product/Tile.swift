// A block of a matrix product held in registers: a few rows of one to four vectors each.

/// Accumulators: some rows of type `V`.
///
/// Composed of nested generic structs because the optimizer keeps their fields in registers; an
/// array of accumulators, even one of fixed size, goes through memory and is 2.5 times slower.
protocol Tile: VectorPack {
  associatedtype V: TileRow
  static var rows: Int { get }
  /// Zeros.
  init()
  /// The same in every row.
  init(repeating row: V)
  /// Row r is loaded from `address + r·stride`.
  init(at address: UnsafePointer<Float>, stride: Int)
  /// Row r += a[r·stride] · b.
  mutating func add(_ a: UnsafePointer<Float>, stride: Int, times b: V)
  /// Row r += b.
  mutating func add(_ b: V)
  /// Row r += numbers[r], in every column.
  mutating func add(numbers: UnsafePointer<Float>)
  /// Σ_r row r.
  var sum: V { get }
  func store(at address: UnsafeMutablePointer<Float>, stride: Int)
}

extension Tile {
  /// Row r += the row at `address + r·stride`.
  @inline(__always)
  mutating func add(at address: UnsafePointer<Float>, stride: Int) {
    self = zip(Self(at: address, stride: stride)) { $0 + $1 }
  }

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
struct Tile1<V: TileRow>: Tile {
  private var row: V

  static var rows: Int { 1 }

  @inline(__always) init() { row = V() }

  @inline(__always) init(repeating row: V) { self.row = row }

  @inline(__always) init(at address: UnsafePointer<Float>, stride: Int) { row = V(at: address) }

  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, stride: Int, times b: V) {
    row.add(a, times: b)
  }

  @inline(__always) mutating func add(_ b: V) { row.add(b) }

  @inline(__always) mutating func add(numbers: UnsafePointer<Float>) {
    row.add(V(repeating: numbers.pointee))
  }

  @inline(__always) func map(_ transform: (Vector) -> Vector) -> Tile1 {
    Tile1(repeating: row.map(transform))
  }

  @inline(__always) func zip(_ b: Tile1, _ combine: (Vector, Vector) -> Vector) -> Tile1 {
    Tile1(repeating: row.zip(b.row, combine))
  }

  @inline(__always) func zip(
    _ b: Tile1, _ c: Tile1, _ combine: (Vector, Vector, Vector) -> Vector
  ) -> Tile1 { Tile1(repeating: row.zip(b.row, c.row, combine)) }

  @inline(__always) var sum: V { row }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>, stride: Int) {
    row.store(at: address)
  }
}

/// A tile made of two tiles, one above the other.
struct StackedTiles<Upper: Tile, Lower: Tile>: Tile where Upper.V == Lower.V {
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

  @inline(__always) mutating func add(numbers: UnsafePointer<Float>) {
    upper.add(numbers: numbers)
    lower.add(numbers: numbers + Upper.rows)
  }

  @inline(__always) func map(_ transform: (Vector) -> Vector) -> StackedTiles {
    StackedTiles(upper.map(transform), lower.map(transform))
  }

  @inline(__always) func zip(_ b: StackedTiles, _ combine: (Vector, Vector) -> Vector)
    -> StackedTiles
  {
    StackedTiles(upper.zip(b.upper, combine), lower.zip(b.lower, combine))
  }

  @inline(__always) func zip(
    _ b: StackedTiles, _ c: StackedTiles, _ combine: (Vector, Vector, Vector) -> Vector
  ) -> StackedTiles {
    StackedTiles(upper.zip(b.upper, c.upper, combine), lower.zip(b.lower, c.lower, combine))
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

typealias Tile2<V: TileRow> = StackedTiles<Tile1<V>, Tile1<V>>
typealias Tile3<V: TileRow> = StackedTiles<Tile2<V>, Tile1<V>>
typealias Tile4<V: TileRow> = StackedTiles<Tile2<V>, Tile2<V>>
typealias Tile5<V: TileRow> = StackedTiles<Tile4<V>, Tile1<V>>
typealias Tile6<V: TileRow> = StackedTiles<Tile4<V>, Tile2<V>>
typealias Tile7<V: TileRow> = StackedTiles<Tile4<V>, Tile3<V>>
typealias Tile8<V: TileRow> = StackedTiles<Tile4<V>, Tile4<V>>
typealias Tile9<V: TileRow> = StackedTiles<Tile8<V>, Tile1<V>>
typealias Tile10<V: TileRow> = StackedTiles<Tile8<V>, Tile2<V>>
typealias Tile11<V: TileRow> = StackedTiles<Tile8<V>, Tile3<V>>
typealias Tile12<V: TileRow> = StackedTiles<Tile8<V>, Tile4<V>>
typealias Tile13<V: TileRow> = StackedTiles<Tile8<V>, Tile5<V>>
typealias Tile14<V: TileRow> = StackedTiles<Tile7<V>, Tile7<V>>
typealias Tile15<V: TileRow> = StackedTiles<Tile8<V>, Tile7<V>>
typealias Tile16<V: TileRow> = StackedTiles<Tile8<V>, Tile8<V>>
