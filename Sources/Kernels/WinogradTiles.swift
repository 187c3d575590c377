// Tiles of images to the transformed domain and back: a vector of channels at a time.

/// Where the pixels of a rectangle lie, a row after the other; zeros stand for what is outside the
/// image. A table of addresses, because a test at every load costs more than the transform's
/// arithmetic.
private struct Patch {
  let pixels: UnsafeMutablePointer<UnsafePointer<Float>>
  let zeros: UnsafePointer<Float>

  /// Moves to the rectangle whose first pixel is (top, left) of an image.
  @inline(__always)
  func move(
    _ image: UnsafePointer<Float>, _ plane: Plane, top: Int, left: Int, height: Int, width: Int
  ) {
    let isWhole =
      top >= 0 && left >= 0 && top + height <= plane.height && left + width <= plane.width
    for i in 0..<height {
      let isRow = top + i >= 0 && top + i < plane.height
      let row = image + (top + i) * plane.rowLength
      if isWhole {
        for j in 0..<width { pixels[i * width + j] = row + (left + j) * plane.channels }
        continue
      }
      for j in 0..<width {
        let isInside = isRow && left + j >= 0 && left + j < plane.width
        pixels[i * width + j] = isInside ? row + (left + j) * plane.channels : zeros
      }
    }
  }

  /// A vector of channels of a pixel.
  @inline(__always) func lane(_ pixel: Int, _ channel: Int) -> Lane {
    Lane(at: pixels[pixel] + channel)
  }
}

/// What is done to a tile whose sides are lines of R and C.
private protocol TileTransform {
  var plane: Plane { get }
  /// Gets ready for a tile.
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place)
  /// Does it to the vector of channels from `c` on, of which the first `n` count.
  func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int, first n: Int)
}

extension TileTransform {
  @inline(never)
  private func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place
  ) {
    prepare(R.self, C.self, tile)
    // Not `vectorized`: a closure as large as these is not inlined.
    var c = 0
    while c + Lane.width <= plane.channels {
      apply(R.self, C.self, tile, c, first: Lane.width)
      c += Lane.width
    }
    if c < plane.channels { apply(R.self, C.self, tile, c, first: plane.channels - c) }
  }

  /// Does it to each tile of a block.
  @inline(__always) func apply(to block: TileBlock) {
    block.forEach { tile in
      switch tile.extent {
      case (.whole, .whole): apply(F4.self, F4.self, tile)
      case (.whole, .end): apply(F4.self, F4.End2.self, tile)
      case (.end, .whole): apply(F4.End2.self, F4.self, tile)
      case (.end, .end): apply(F4.End2.self, F4.End2.self, tile)
      }
    }
  }
}

/// Memory for one tile of a vector of channels, and the addresses of its pixels.
private struct TileMemory {
  let patch: Patch
  let spare: UnsafeMutablePointer<Lane>

  @inline(__always)
  static func with(channels: Int, _ body: (TileMemory) -> Void) {
    let most = Winograd.frequencies
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: most) { pixels in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: channels + Lane.width) { zeros in
        withUnsafeTemporaryAllocation(of: Lane.self, capacity: most) { spare in
          zeros.initialize(repeating: 0)
          guard let places = pixels.baseAddress, let blank = zeros.baseAddress,
            let lanes = spare.baseAddress
          else { return }
          body(TileMemory(patch: Patch(pixels: places, zeros: blank), spare: lanes))
        }
      }
    }
  }
}

/// u[f, tile, c] = (Bᵀ d B)[f]: d is a tile's inputs, zero outside the image.
func transformInputs(
  _ x: UnsafePointer<Float>, _ tiling: Tiling, _ block: TileBlock,
  into u: UnsafeMutablePointer<Float>
) {
  TileMemory.with(channels: tiling.plane.channels) { memory in
    InputTransform(
      x: x, plane: tiling.plane,
      pitch: Winograd.pitch(block.count * tiling.plane.channels), u: u, memory: memory
    ).apply(to: block)
  }
}

private struct InputTransform: TileTransform {
  let x: UnsafePointer<Float>
  let plane: Plane
  let pitch: Int
  let u: UnsafeMutablePointer<Float>
  let memory: TileMemory

  @inline(__always)
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place) {
    memory.patch.move(
      x + tile.image * plane.count, plane, top: tile.top - 1, left: tile.left - 1,
      height: R.points, width: C.points)
  }

  @inline(__always)
  func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    let (d, spare) = (memory.patch, memory.spare)
    for j in 0..<C.points {
      R.input({ d.lane($0 * C.points + j, c) }, into: { spare[$0 * C.points + j] = $1 })
    }
    for i in 0..<R.points {
      let row = spare + i * C.points
      let target = u + i * F4.points * pitch + tile.number * plane.channels + c
      C.input({ row[$0] }, into: { $1.store(first: n, at: target + $0 * pitch) })
    }
  }
}

/// v[f, tile, c] = (A dy Aᵀ)[f]: dy is a tile's gradients, zero outside the image.
///
/// - Parameter sums: [image, c], to which each tile's sum of dy is added: what the biases' gradient
///   needs of values that are at hand here.
func transformOutputGradients(
  _ dy: UnsafePointer<Float>, _ tiling: Tiling, _ block: TileBlock,
  into v: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
) {
  TileMemory.with(channels: tiling.plane.channels) { memory in
    OutputGradientTransform(
      dy: dy, plane: tiling.plane,
      pitch: Winograd.pitch(block.count * tiling.plane.channels), v: v, sums: sums, memory: memory
    ).apply(to: block)
  }
}

private struct OutputGradientTransform: TileTransform {
  let dy: UnsafePointer<Float>
  let plane: Plane
  let pitch: Int
  let v: UnsafeMutablePointer<Float>
  let sums: UnsafeMutablePointer<Float>
  let memory: TileMemory

  @inline(__always)
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place) {
    memory.patch.move(
      dy + tile.image * plane.count, plane, top: tile.top, left: tile.left, height: R.outputs,
      width: C.outputs)
  }

  @inline(__always)
  func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    let (d, spare) = (memory.patch, memory.spare)
    let place = sums + tile.image * plane.channels + c
    var sum = Lane(at: place)
    for j in 0..<C.outputs {
      var column = d.lane(j, c)
      for i in 1..<R.outputs { column += d.lane(i * C.outputs + j, c) }
      sum += column
      R.outputGradient(
        { d.lane($0 * C.outputs + j, c) }, into: { spare[$0 * C.outputs + j] = $1 })
    }
    sum.store(first: n, at: place)
    for i in 0..<R.points {
      let row = spare + i * C.outputs
      let target = v + i * F4.points * pitch + tile.number * plane.channels + c
      C.outputGradient({ row[$0] }, into: { $1.store(first: n, at: target + $0 * pitch) })
    }
  }
}

/// y = Aᵀ m A + bias (+ residual), as far as the tile lies in the image.
///
/// - Parameters:
///   - m: [f, tile, c].
///   - biasRow: floats from one image's bias to the next; 0 where all have the same.
func transformOutputs(
  _ m: UnsafePointer<Float>, _ tiling: Tiling, _ block: TileBlock, bias: UnsafePointer<Float>,
  biasRow: Int, residual: Residual, into y: UnsafeMutablePointer<Float>
) {
  TileMemory.with(channels: tiling.plane.channels) { memory in
    OutputTransform(
      m: m, plane: tiling.plane,
      pitch: Winograd.pitch(block.count * tiling.plane.channels), bias: bias, biasRow: biasRow,
      residual: residual, y: y, spare: memory.spare
    ).apply(to: block)
  }
}

private struct OutputTransform: TileTransform {
  let m: UnsafePointer<Float>
  let plane: Plane
  let pitch: Int
  let bias: UnsafePointer<Float>
  let biasRow: Int
  let residual: Residual
  let y: UnsafeMutablePointer<Float>
  let spare: UnsafeMutablePointer<Lane>

  @inline(__always)
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place) {}

  @inline(__always)
  func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    let corner =
      tile.image * plane.count + tile.top * plane.rowLength + tile.left * plane.channels
    let rows = min(R.outputs, plane.height - tile.top)
    let columns = min(C.outputs, plane.width - tile.left)
    let spare = spare
    let source = m + tile.number * plane.channels + c
    for j in 0..<C.points {
      R.output(
        { Lane(at: source + ($0 * F4.points + j) * pitch) },
        into: { spare[$0 * C.points + j] = $1 })
    }
    let offset = Lane(at: bias + tile.image * biasRow + c)
    for i in 0..<rows {
      let row = spare + i * C.points
      let line = corner + i * plane.rowLength + c
      C.output(
        { row[$0] },
        into: { j, value in
          guard j < columns else { return }
          let place = line + j * plane.channels
          var result = value + offset
          if case .add(let block) = residual { result += Lane(at: block.base + place) }
          result.store(first: n, at: y + place)
        })
    }
  }
}
