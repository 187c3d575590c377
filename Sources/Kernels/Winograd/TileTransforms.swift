// Transforms tiles of images and back again, for a vector of channels at a time.

/// A transform of a tile whose columns are lines of R and whose rows are lines of C.
private protocol TileTransform {
  var plane: Plane { get }
  /// Prepares for a tile.
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place)
  /// Transforms the vector of channels from `c` on, of which the first `n` count.
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
    while c + Vector.width <= plane.channels {
      apply(R.self, C.self, tile, c, first: Vector.width)
      c += Vector.width
    }
    if c < plane.channels { applyToRest(R.self, C.self, tile, c) }
  }

  /// The last channels, where they are not a whole vector; not inlined, because in a much larger
  /// function not every part would be inlined.
  @inline(never)
  private func applyToRest<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int
  ) {
    apply(R.self, C.self, tile, c, first: plane.channels - c)
  }

  /// Transforms each tile of a block.
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

// MARK: To the transformed domain

/// A matrix that maps a line's numbers to their values at its points.
private protocol Analysis {
  /// How many numbers a line has.
  static func count<L: WinogradLine>(_: L.Type) -> Int
  static func values<L: WinogradLine>(
    _: L.Type, _ pair: PointPair, _ d: (Int) -> Vector
  ) -> (Vector, Vector)
}

/// Bᵀ, for inputs.
private enum Inputs: Analysis {
  @inline(__always) static func count<L: WinogradLine>(_: L.Type) -> Int { L.points }
  @inline(__always) static func values<L: WinogradLine>(
    _: L.Type, _ pair: PointPair, _ d: (Int) -> Vector
  ) -> (Vector, Vector) { L.input(pair, d) }
}

/// A, for gradients of outputs.
private enum OutputGradients: Analysis {
  @inline(__always) static func count<L: WinogradLine>(_: L.Type) -> Int { L.outputs }
  @inline(__always) static func values<L: WinogradLine>(
    _: L.Type, _ pair: PointPair, _ d: (Int) -> Vector
  ) -> (Vector, Vector) { L.outputGradient(pair, d) }
}

extension TransformedTiles.Values {
  /// Computes all values of a tile from the numbers d(i, j).
  @inline(__always)
  fileprivate func set<M: Analysis, R: WinogradLine, C: WinogradLine>(
    _: M.Type, _: R.Type, _: C.Type, _ d: Patch.Channels
  ) {
    rows(M.self, C.self, .zeroAndInfinity, lines(M.self, R.self, C.self, .zeroAndInfinity, d))
    if R.points == F4.points {
      // Together, because they use the same numbers.
      let near = lines(M.self, R.self, C.self, .near, d)
      let far = lines(M.self, R.self, C.self, .far, d)
      rows(M.self, C.self, .near, near)
      rows(M.self, C.self, .far, far)
    } else {
      rows(M.self, C.self, .near, lines(M.self, R.self, C.self, .near, d))
    }
  }

  @inline(__always)
  private func lines<M: Analysis, R: WinogradLine, C: WinogradLine>(
    _: M.Type, _: R.Type, _: C.Type, _ pair: PointPair, _ d: Patch.Channels
  ) -> (Line, Line) {
    Line.two(M.count(C.self)) { j in M.values(R.self, pair) { i in d[i, j] } }
  }

  @inline(__always)
  private func rows<M: Analysis, C: WinogradLine>(
    _: M.Type, _: C.Type, _ pair: PointPair, _ lines: (Line, Line)
  ) {
    row(M.self, C.self, pair.numbers.0, lines.0)
    row(M.self, C.self, pair.numbers.1, lines.1)
  }

  @inline(__always)
  private func row<M: Analysis, C: WinogradLine>(_: M.Type, _: C.Type, _ i: Int, _ line: Line) {
    set(i, .zeroAndInfinity, M.values(C.self, .zeroAndInfinity) { line[$0] })
    set(i, .near, M.values(C.self, .near) { line[$0] })
    if C.points == F4.points { set(i, .far, M.values(C.self, .far) { line[$0] }) }
  }

  @inline(__always)
  private func set(_ i: Int, _ pair: PointPair, _ values: (Vector, Vector)) {
    self[i, pair.numbers.0] = values.0
    self[i, pair.numbers.1] = values.1
  }
}

/// u[f, tile, c] = (Bᵀ d B)[f]: d is a tile's inputs, zero outside the image.
func transformInputs(
  _ x: Operand, _ tiling: Tiling, _ block: TileBlock, into u: Operand
) {
  let plane = tiling.plane
  x.require(block, of: tiling, "x")
  TransformedTiles.with(u, block, channels: plane.channels) { u in
    Patch.with(plane) { patch in
      InputTransform(x: x.address, plane: plane, u: u, patch: patch).apply(to: block)
    }
  }
}

private struct InputTransform: TileTransform {
  let x: UnsafePointer<Float>
  let plane: Plane
  let u: TransformedTiles
  let patch: Patch

  @inline(__always)
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place) {
    patch.move(
      x + tile.image * plane.count, top: tile.top - 1, left: tile.left - 1, height: R.points)
  }

  @inline(__always)
  func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    u.values(tile: tile.number, c).set(Inputs.self, R.self, C.self, patch.channels(c))
  }
}

/// v[f, tile, c] = (A dy Aᵀ)[f]: dy is a tile's gradients, zero outside the image.
///
/// - Parameter sums: [image, c], to which each tile's sum of dy is added: the biases' gradient
///   needs it, and the values are in registers here.
func transformOutputGradients(
  _ dy: Operand, _ tiling: Tiling, _ block: TileBlock, into v: Operand, sums: Operand
) {
  let plane = tiling.plane
  dy.require(block, of: tiling, "dy")
  sums.require(rows: block.images, plane.channels, apart: plane.channels, "the sums")
  TransformedTiles.with(v, block, channels: plane.channels) { v in
    Patch.with(plane) { patch in
      OutputGradientTransform(
        dy: dy.address, plane: plane, v: v, sums: sums.address, patch: patch
      )
      .apply(to: block)
    }
  }
}

private struct OutputGradientTransform: TileTransform {
  let dy: UnsafePointer<Float>
  let plane: Plane
  let v: TransformedTiles
  let sums: UnsafeMutablePointer<Float>
  let patch: Patch

  @inline(__always)
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place) {
    patch.move(
      dy + tile.image * plane.count, top: tile.top, left: tile.left, height: R.outputs)
  }

  @inline(__always)
  func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    let place = sums + tile.image * plane.channels + c
    let d = patch.channels(c)
    var sum = Vector(at: place)
    for j in 0..<C.outputs {
      var column = d[0, j]
      for i in 1..<R.outputs { column += d[i, j] }
      sum += column
    }
    sum.store(first: n, at: place)
    v.values(tile: tile.number, c).set(OutputGradients.self, R.self, C.self, d)
  }
}

// MARK: Back

/// y = Aᵀ m A + bias (+ residual), as far as the tile lies in the image.
///
/// - Parameters:
///   - m: [f, tile, c].
///   - biasRow: floats from one image's bias to the next; 0 where all have the same.
func transformOutputs(
  _ m: Operand, _ tiling: Tiling, _ block: TileBlock, bias: Operand, biasRow: Int,
  residual: Residual, into y: Operand
) {
  let plane = tiling.plane
  bias.require(rows: block.images, plane.channels, apart: biasRow, "the bias")
  if case .add(let values) = residual {
    Operand(values).require(block, of: tiling, "the residual")
  }
  y.require(block, of: tiling, "y")
  TransformedTiles.with(m, block, channels: plane.channels) { m in
    OutputTransform(
      m: m, plane: plane, bias: bias.address, biasRow: biasRow, residual: residual, y: y.address
    ).apply(to: block)
  }
}

private struct OutputTransform: TileTransform {
  let m: TransformedTiles
  let plane: Plane
  let bias: UnsafePointer<Float>
  let biasRow: Int
  let residual: Residual
  let y: UnsafeMutablePointer<Float>

  @inline(__always)
  func prepare<R: WinogradLine, C: WinogradLine>(_: R.Type, _: C.Type, _ tile: TileBlock.Place) {}

  @inline(__always)
  func apply<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    rows(R.self, C.self, .even, tile, c, first: n)
    rows(R.self, C.self, .odd, tile, c, first: n)
  }

  @inline(__always)
  private func rows<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ pair: OutputParity, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    let m = m.values(tile: tile.number, c)
    let lines = Line.two(C.points) { j in R.output(pair) { i in m[i, j] } }
    row(R.self, C.self, pair.numbers.0, lines.0, tile, c, first: n)
    row(R.self, C.self, pair.numbers.1, lines.1, tile, c, first: n)
  }

  @inline(__always)
  private func row<R: WinogradLine, C: WinogradLine>(
    _: R.Type, _: C.Type, _ i: Int, _ line: Line, _ tile: TileBlock.Place, _ c: Int, first n: Int
  ) {
    guard i < R.outputs, tile.top + i < plane.height else { return }
    let offset = Vector(at: bias + tile.image * biasRow + c)
    let place =
      tile.image * plane.count + (tile.top + i) * plane.rowLength + tile.left * plane.channels + c
    let columns = min(C.outputs, plane.width - tile.left)
    func set(_ j: Int, _ value: Vector) {
      guard j < C.outputs, j < columns else { return }
      let pixel = place + j * plane.channels
      var result = value + offset
      if case .add(let block) = residual { result += Vector(at: block.base + pixel) }
      result.store(first: n, at: y + pixel)
    }
    let (even, odd) = (C.output(.even) { line[$0] }, C.output(.odd) { line[$0] })
    set(0, even.0)
    set(1, odd.0)
    set(2, even.1)
    set(3, odd.1)
  }
}
