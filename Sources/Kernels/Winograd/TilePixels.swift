// The pixels of a tile of Winograd's convolution, and the vectors of one of its lines.

/// The addresses of a rectangle's pixels, row by row; pixels outside the image have the address of
/// zeros. A table, because a test at every load costs more than the transform's arithmetic.
struct Patch {
  /// A row of addresses, as many as a tile's side and a few more.
  private typealias Row = SIMD8<Int>

  private let plane: Plane
  private let rows: UnsafeMutablePointer<Row>
  private let zeros: Row
  /// 0, 1, 2, …, and as many pixels in bytes.
  private let columns = Row(0, 1, 2, 3, 4, 5, 6, 7)
  private let offsets: Row

  private init(_ plane: Plane, rows: UnsafeMutablePointer<Row>, zeros: UnsafePointer<Float>) {
    (self.plane, self.rows) = (plane, rows)
    self.zeros = Row(repeating: Int(bitPattern: zeros))
    offsets = columns &* Row(repeating: plane.channels * MemoryLayout<Float>.stride)
  }

  /// Calls `body` with memory for the addresses and for the zeros.
  @inline(__always)
  static func with(_ plane: Plane, _ body: (Patch) -> Void) {
    withUnsafeTemporaryAllocation(of: Row.self, capacity: F4.points) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: plane.channels + Vector.width) {
        zeros in
        zeros.initialize(repeating: 0)
        guard let places = rows.baseAddress, let blank = zeros.baseAddress else { return }
        body(Patch(plane, rows: places, zeros: blank))
      }
    }
  }

  /// Moves to the rectangle whose first pixel is (top, left) of an image.
  @inline(__always)
  func move(_ image: UnsafePointer<Float>, top: Int, left: Int, height: Int) {
    let isOutside =
      columns .< Row(repeating: -left) .| columns .>= Row(repeating: plane.width - left)
    var first = Int(bitPattern: image + (top * plane.width + left) * plane.channels)
    for i in 0..<height {
      let isInside = top + i >= 0 && top + i < plane.height
      rows[i] =
        isInside
        ? (offsets &+ Row(repeating: first)).replacing(with: zeros, where: isOutside) : zeros
      first += plane.rowLength * MemoryLayout<Float>.stride
    }
  }

  /// A vector of channels of each pixel.
  struct Channels {
    fileprivate let pixels: UnsafePointer<UnsafePointer<Float>>
    fileprivate let first: Int

    @inline(__always) subscript(row: Int, column: Int) -> Vector {
      Vector(at: pixels[row * Row.scalarCount + column] + first)
    }
  }

  /// The vector from channel `first` on.
  @inline(__always) func channels(_ first: Int) -> Channels {
    Channels(
      pixels: UnsafeRawPointer(rows).assumingMemoryBound(to: UnsafePointer<Float>.self),
      first: first)
  }
}

/// Up to six vectors: a line of a tile between the two passes over it, in registers.
struct Line {
  private let v0: Vector
  private let v1: Vector
  private let v2: Vector
  private let v3: Vector
  private let v4: Vector
  private let v5: Vector

  /// Two lines that are computed together: the first and the second vectors of `count` pairs.
  @inline(__always)
  static func two(_ count: Int, _ make: (Int) -> (Vector, Vector)) -> (Line, Line) {
    let none = (Vector(), Vector())
    let (p0, p1) = (make(0), make(1))
    let (p2, p3) = count > 2 ? (make(2), make(3)) : (none, none)
    let (p4, p5) = count > 4 ? (make(4), make(5)) : (none, none)
    return (
      Line(v0: p0.0, v1: p1.0, v2: p2.0, v3: p3.0, v4: p4.0, v5: p5.0),
      Line(v0: p0.1, v1: p1.1, v2: p2.1, v3: p3.1, v4: p4.1, v5: p5.1)
    )
  }

  @inline(__always) subscript(number: Int) -> Vector {
    switch number {
    case 0: v0
    case 1: v1
    case 2: v2
    case 3: v3
    case 4: v4
    default: v5
    }
  }
}
