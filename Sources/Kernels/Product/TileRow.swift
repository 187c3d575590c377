// A row of a tile: one to four vectors, side by side in memory.

/// A row of a tile: one vector or several, side by side in memory.
protocol TileRow: VectorPack {
  /// Floats of a row.
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

extension Vector: TileRow {
  /// A little taller than that of two vectors: 16 is a usual number of channels.
  static var tallestTile: Int { TwoVectors.tallestTile + 2 }

  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, times b: Vector) {
    self = adding(a.pointee, times: b)
  }
  @inline(__always) mutating func add(_ b: Vector) { self += b }
}

/// A row of two shorter ones: each broadcast element of A is used for both.
struct WideRow<Left: TileRow, Right: TileRow>: TileRow {
  private var left: Left
  private var right: Right

  static var width: Int { Left.width + Right.width }
  static var tallestTile: Int {
    let vectors = width / Vector.width
    return (Vector.registers - vectors - 1) / vectors
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

  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, times b: WideRow) {
    left.add(a, times: b.left)
    right.add(a, times: b.right)
  }

  @inline(__always) mutating func add(_ b: WideRow) {
    left.add(b.left)
    right.add(b.right)
  }

  @inline(__always) func map(_ transform: (Vector) -> Vector) -> WideRow {
    WideRow(left.map(transform), right.map(transform))
  }

  @inline(__always) func zip(_ b: WideRow, _ combine: (Vector, Vector) -> Vector) -> WideRow {
    WideRow(left.zip(b.left, combine), right.zip(b.right, combine))
  }

  @inline(__always) func zip(
    _ b: WideRow, _ c: WideRow, _ combine: (Vector, Vector, Vector) -> Vector
  ) -> WideRow {
    WideRow(left.zip(b.left, c.left, combine), right.zip(b.right, c.right, combine))
  }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>) {
    left.store(at: address)
    right.store(at: address + Left.width)
  }
}

/// One vector that holds two terms of the sum for each column, for matrices of half a vector's columns:
/// elements of A are broadcast two by two, and the caller adds the two halves of the result.
struct InterleavedRow: TileRow {
  private var vector: Vector

  static var width: Int { Vector.width }
  static var tallestTile: Int { Vector.tallestTile }

  @inline(__always) init() { vector = Vector() }

  @inline(__always) init(repeating number: Float) { vector = Vector(repeating: number) }

  @inline(__always) private init(_ vector: Vector) { self.vector = vector }

  @inline(__always) init(at address: UnsafePointer<Float>) { vector = Vector(at: address) }

  /// self += (a[0], a[1], a[0], a[1], …)·b.
  @inline(__always) mutating func add(_ a: UnsafePointer<Float>, times b: InterleavedRow) {
    vector = vector.adding(Vector(repeatingTwoAt: a), times: b.vector)
  }

  @inline(__always) mutating func add(_ b: InterleavedRow) { vector += b.vector }

  @inline(__always) func map(_ transform: (Vector) -> Vector) -> InterleavedRow {
    InterleavedRow(transform(vector))
  }

  @inline(__always) func zip(
    _ b: InterleavedRow, _ combine: (Vector, Vector) -> Vector
  ) -> InterleavedRow { InterleavedRow(combine(vector, b.vector)) }

  @inline(__always) func zip(
    _ b: InterleavedRow, _ c: InterleavedRow, _ combine: (Vector, Vector, Vector) -> Vector
  ) -> InterleavedRow { InterleavedRow(combine(vector, b.vector, c.vector)) }

  @inline(__always) func store(at address: UnsafeMutablePointer<Float>) {
    vector.store(at: address)
  }
}

typealias TwoVectors = WideRow<Vector, Vector>
typealias ThreeVectors = WideRow<TwoVectors, Vector>
typealias FourVectors = WideRow<TwoVectors, TwoVectors>
