// Tiles of images to the transformed domain and back: a vector of channels at a time.

/// Images of one size cut into tiles of 4 x 4 outputs.
struct Tiling {
  let plane: Plane
  let images: Int

  private var rows: Int { (plane.height + Winograd.outputs - 1) / Winograd.outputs }
  private var columns: Int { (plane.width + Winograd.outputs - 1) / Winograd.outputs }
  var count: Int { images * rows * columns }

  /// A tile's image and the place of its first output.
  @inline(__always) func place(_ tile: Int) -> (image: Int, y: Int, x: Int) {
    let (image, rest) = tile.quotientAndRemainder(dividingBy: rows * columns)
    let (row, column) = rest.quotientAndRemainder(dividingBy: columns)
    return (image, row * Winograd.outputs, column * Winograd.outputs)
  }
}

/// Where the pixels of a square of side `side` lie, a row after the other; zeros stand for what is
/// outside the image. A table of addresses, because a test at every load costs more than the
/// transform's arithmetic.
private struct Patch {
  private let pixels: UnsafeMutablePointer<UnsafePointer<Float>>
  private let zeros: UnsafePointer<Float>
  private let side: Int

  /// Calls `body` with a patch whose zeros are `channels` long.
  @inline(__always)
  static func with(side: Int, channels: Int, _ body: (Patch) -> Void) {
    withUnsafeTemporaryAllocation(
      of: UnsafePointer<Float>.self, capacity: side * side
    ) { pixels in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: channels + Lane.width) { zeros in
        zeros.initialize(repeating: 0)
        guard let place = pixels.baseAddress, let blank = zeros.baseAddress else { return }
        body(Patch(pixels: place, zeros: blank, side: side))
      }
    }
  }

  /// Moves to the square whose first pixel is (top, left) of an image.
  @inline(__always)
  func move(_ image: UnsafePointer<Float>, _ plane: Plane, top: Int, left: Int) {
    for i in 0..<side {
      let isRow = top + i >= 0 && top + i < plane.height
      let row = image + (top + i) * plane.rowLength
      for j in 0..<side {
        let isInside = isRow && left + j >= 0 && left + j < plane.width
        pixels[i * side + j] = isInside ? row + (left + j) * plane.channels : zeros
      }
    }
  }

  /// A vector of channels of pixel (i, j).
  @inline(__always) func lane(_ i: Int, _ j: Int, _ channel: Int) -> Lane {
    Lane(at: pixels[i * side + j] + channel)
  }
}

/// u[f, tile, c] = (Bᵀ d B)[f]: d is a tile of 6 x 6 pixels, zero outside the image.
func transformInputs(
  _ x: UnsafePointer<Float>, _ tiling: Tiling, tiles: Range<Int>,
  into u: UnsafeMutablePointer<Float>
) {
  let plane = tiling.plane
  let pitch = Winograd.pitch(tiles.count * plane.channels)
  withUnsafeTemporaryAllocation(of: Lane.self, capacity: Winograd.frequencies) { buffer in
    guard let spare = buffer.baseAddress else { return }
    Patch.with(side: Winograd.points, channels: plane.channels) { d in
      for (number, tile) in tiles.enumerated() {
        let (image, top, left) = tiling.place(tile)
        d.move(x + image * plane.count, plane, top: top - 1, left: left - 1)
        vectorized(plane.channels) { c, n in
          for j in 0..<Winograd.points {
            let t = Winograd.input(
              (
                d.lane(0, j, c), d.lane(1, j, c), d.lane(2, j, c), d.lane(3, j, c),
                d.lane(4, j, c), d.lane(5, j, c)
              ))
            (spare[j], spare[6 + j], spare[12 + j]) = (t.0, t.1, t.2)
            (spare[18 + j], spare[24 + j], spare[30 + j]) = (t.3, t.4, t.5)
          }
          for i in 0..<Winograd.points {
            let row = spare + Winograd.points * i
            let t = Winograd.input((row[0], row[1], row[2], row[3], row[4], row[5]))
            let target = u + Winograd.points * i * pitch + number * plane.channels + c
            Winograd.store(t, first: n, at: target, plane: pitch)
          }
        }
      }
    }
  }
}

/// v[f, tile, c] = (A dy Aᵀ)[f]: dy is a tile of 4 x 4 gradients, zero outside the image.
///
/// - Parameter sums: [image, c], to which each tile's sum of dy is added: what the biases' gradient
///   needs of values that are at hand here.
func transformOutputGradients(
  _ dy: UnsafePointer<Float>, _ tiling: Tiling, tiles: Range<Int>,
  into v: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
) {
  let plane = tiling.plane
  let pitch = Winograd.pitch(tiles.count * plane.channels)
  withUnsafeTemporaryAllocation(of: Lane.self, capacity: Winograd.frequencies) { buffer in
    guard let spare = buffer.baseAddress else { return }
    Patch.with(side: Winograd.outputs, channels: plane.channels) { d in
      for (number, tile) in tiles.enumerated() {
        let (image, top, left) = tiling.place(tile)
        d.move(dy + image * plane.count, plane, top: top, left: left)
        vectorized(plane.channels) { c, n in
          let place = sums + image * plane.channels + c
          var sum = Lane(at: place)
          for j in 0..<Winograd.outputs {
            let column = (d.lane(0, j, c), d.lane(1, j, c), d.lane(2, j, c), d.lane(3, j, c))
            sum += (column.0 + column.1) + (column.2 + column.3)
            let t = Winograd.outputGradient(column)
            (spare[j], spare[4 + j], spare[8 + j]) = (t.0, t.1, t.2)
            (spare[12 + j], spare[16 + j], spare[20 + j]) = (t.3, t.4, t.5)
          }
          sum.store(first: n, at: place)
          for i in 0..<Winograd.points {
            let row = spare + Winograd.outputs * i
            let t = Winograd.outputGradient((row[0], row[1], row[2], row[3]))
            let target = v + Winograd.points * i * pitch + number * plane.channels + c
            Winograd.store(t, first: n, at: target, plane: pitch)
          }
        }
      }
    }
  }
}

/// y = Aᵀ m A + bias (+ residual), as far as the tile lies in the image.
///
/// - Parameters:
///   - m: [f, tile, c].
///   - biasRow: floats from one image's bias to the next; 0 where all have the same.
func transformOutputs(
  _ m: UnsafePointer<Float>, _ tiling: Tiling, tiles: Range<Int>, bias: UnsafePointer<Float>,
  biasRow: Int, residual: Residual, into y: UnsafeMutablePointer<Float>
) {
  let plane = tiling.plane
  let pitch = Winograd.pitch(tiles.count * plane.channels)
  withUnsafeTemporaryAllocation(of: Lane.self, capacity: Winograd.frequencies) { buffer in
    guard let spare = buffer.baseAddress else { return }
    for (number, tile) in tiles.enumerated() {
      let (image, top, left) = tiling.place(tile)
      let corner = image * plane.count + top * plane.rowLength + left * plane.channels
      let (rows, columns) = (
        min(Winograd.outputs, plane.height - top), min(Winograd.outputs, plane.width - left)
      )
      vectorized(plane.channels) { c, n in
        let source = m + number * plane.channels + c
        for j in 0..<Winograd.points {
          let value = { (i: Int) in Lane(at: source + (Winograd.points * i + j) * pitch) }
          let t = Winograd.output((value(0), value(1), value(2), value(3), value(4), value(5)))
          (spare[j], spare[6 + j], spare[12 + j], spare[18 + j]) = t
        }
        let offset = Lane(at: bias + image * biasRow + c)
        for i in 0..<rows {
          let row = spare + Winograd.points * i
          let t = Winograd.output((row[0], row[1], row[2], row[3], row[4], row[5]))
          let line = corner + i * plane.rowLength + c
          let store = { (j: Int, value: Lane) in
            guard j < columns else { return }
            let place = line + j * plane.channels
            var result = value + offset
            if case .add(let block) = residual { result += Lane(at: block.base + place) }
            result.store(first: n, at: y + place)
          }
          store(0, t.0)
          store(1, t.1)
          store(2, t.2)
          store(3, t.3)
        }
      }
    }
  }
}
