// The pixels that a tile of Winograd's convolution is made of, and the vectors of one of its lines.

/// Where the pixels of a rectangle lie, a row after the other; zeros stand for what is outside the
/// image. A table of addresses, because a test at every load costs more than the transform's
/// arithmetic.
struct Patch {
  private let pixels: UnsafeMutablePointer<UnsafePointer<Float>>
  private let zeros: UnsafePointer<Float>

  /// Calls `body` with memory for the addresses of a tile's pixels, and with zeros for `channels`.
  @inline(__always)
  static func with(channels: Int, _ body: (Patch) -> Void) {
    let most = F4.points * F4.points
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: most) { pixels in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: channels + Lane.width) { zeros in
        zeros.initialize(repeating: 0)
        guard let places = pixels.baseAddress, let blank = zeros.baseAddress else { return }
        body(Patch(pixels: places, zeros: blank))
      }
    }
  }

  /// Moves to the rectangle whose first pixel is (top, left) of an image.
  @inline(__always)
  func move(
    _ image: UnsafePointer<Float>, _ plane: Plane, top: Int, left: Int, height: Int, width: Int
  ) {
    let rows = max(0, -top)..<min(height, plane.height - top)
    let columns = max(0, -left)..<min(width, plane.width - left)
    if rows.count < height || columns.count < width {
      pixels.update(repeating: zeros, count: height * width)
    }
    for i in rows {
      var pixel =
        image + (top + i) * plane.rowLength + (left + columns.lowerBound) * plane.channels
      for j in columns {
        pixels[i * width + j] = pixel
        pixel += plane.channels
      }
    }
  }

  /// A vector of channels of each pixel.
  struct Channels {
    fileprivate let pixels: UnsafeMutablePointer<UnsafePointer<Float>>
    fileprivate let first: Int
    fileprivate let width: Int

    @inline(__always) subscript(row: Int, column: Int) -> Lane {
      Lane(at: pixels[row * width + column] + first)
    }
  }

  /// The vector from channel `first` on, of a rectangle that is `width` pixels wide.
  @inline(__always) func channels(_ first: Int, width: Int) -> Channels {
    Channels(pixels: pixels, first: first, width: width)
  }
}

/// Up to six vectors: a line of a tile between the two passes over it, in registers.
struct Line {
  private let v0: Lane
  private let v1: Lane
  private let v2: Lane
  private let v3: Lane
  private let v4: Lane
  private let v5: Lane

  /// The first and the second vectors of `count` pairs: two lines that are made together.
  @inline(__always)
  static func pair(_ count: Int, _ make: (Int) -> (Lane, Lane)) -> (Line, Line) {
    let none = (Lane(), Lane())
    let (p0, p1) = (make(0), make(1))
    let (p2, p3) = count > 2 ? (make(2), make(3)) : (none, none)
    let (p4, p5) = count > 4 ? (make(4), make(5)) : (none, none)
    return (
      Line(v0: p0.0, v1: p1.0, v2: p2.0, v3: p3.0, v4: p4.0, v5: p5.0),
      Line(v0: p0.1, v1: p1.1, v2: p2.1, v3: p3.1, v4: p4.1, v5: p5.1)
    )
  }

  @inline(__always) subscript(number: Int) -> Lane {
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
