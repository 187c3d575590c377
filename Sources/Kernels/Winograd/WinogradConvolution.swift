// 3x3 convolution by Winograd's F(4x4, 3x3): four times fewer multiplications than the direct loop.

/// The geometry of a 3x3 convolution of stride 1 that keeps the size of some images.
package struct WinogradShape: Hashable, Sendable {
  package var images: Int
  package var height: Int
  package var width: Int
  package var inputs: Int
  package var outputs: Int

  package init(images: Int, height: Int, width: Int, inputs: Int, outputs: Int) {
    self.images = images
    self.height = height
    self.width = width
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Floats of the transformed weights.
  package static func weightCount(inputs: Int, outputs: Int) -> Int {
    Winograd.components * inputs * outputs
  }

  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int {
    part(Winograd.pitch(tiles: blockTiles, inputs))
      + part(Winograd.pitch(tiles: blockTiles, outputs)) + part(inputs * outputs)
  }

  /// The same with inputs and outputs exchanged: the input gradient's geometry.
  fileprivate var transposed: WinogradShape {
    WinogradShape(
      images: images, height: height, width: width, inputs: outputs, outputs: inputs)
  }

  /// Floats of a part with `count` in each component, and what kernels may read past its end.
  private func part(_ count: Int) -> Int {
    FloatMemory.aligned(Winograd.components * count + TwoVectors.width)
  }

  /// Floats of transformed tiles that fit in a core's cache along with the weights.
  private static let cachedFloats = 260_000

  /// Rows of tiles in a block.
  private var blockRows: Int {
    let row = TiledSide(width).count * Winograd.components * (inputs + outputs)
    return max(1, WinogradShape.cachedFloats / row)
  }

  /// Tiles of the largest block.
  private var blockTiles: Int {
    min(blockRows, tiling(channels: 1).rowCount) * TiledSide(width).count
  }

  fileprivate func tiling(channels: Int) -> Tiling {
    Tiling(plane: Plane(height: height, width: width, channels: channels), images: images)
  }

  /// Calls `body` for blocks of nearly equal length.
  fileprivate func forEachBlock(_ body: (TileBlock) -> Void) {
    let tiling = tiling(channels: 1)
    let count = tiling.rowCount
    let blocks = (count + blockRows - 1) / blockRows
    for i in 0..<blocks {
      body(TileBlock(count * i / blocks..<count * (i + 1) / blocks, of: tiling))
    }
  }

  /// Scratch memory: transformed inputs, transformed outputs, transformed weights' gradient.
  fileprivate func parts(_ scratch: Floats) -> (
    u: Operand, m: Operand, dw: Operand
  ) {
    var parts = ScratchParts(scratch)
    let u = parts.next(part(Winograd.pitch(tiles: blockTiles, inputs)))
    let m = parts.next(part(Winograd.pitch(tiles: blockTiles, outputs)))
    return (u, m, parts.next(part(inputs * outputs)))
  }
}

/// The transformed domain.
enum Winograd {
  /// Products of a whole tile per input and output channel.
  static let components = F4.points * F4.points

  /// Floats from the values of one component to those of the next: an odd multiple of two vectors,
  /// because at a multiple of 4 KiB all 36 values of a tile would compete for one set of the
  /// first-level cache.
  static func pitch(tiles: Int, _ channels: Int) -> Int {
    ((tiles * row(channels) + TwoVectors.width - 1) / TwoVectors.width | 1) * TwoVectors.width
  }

  /// Floats from one tile's value to the next one's: whole vectors.
  static func row(_ channels: Int) -> Int { Vector.vectors(for: channels) * Vector.width }

  /// Calls `body` for each component with the tiles of a block that have it.
  static func forEachComponent(_ block: TileBlock, _ body: (Int, Range<Int>) -> Void) {
    for i in 0..<F4.points {
      for j in 0..<F4.points { body(i * F4.points + j, block.tiles(i, j)) }
    }
  }
}

/// y = w * x + bias (+ residual) for all images.
///
/// - Parameters:
///   - x: [N, H, W, I].
///   - weights: `winogradWeights`.
///   - bias: [N, O], or [O] where `biasRow` is 0.
///   - biasRow: O, or 0 for the same bias in every image.
///   - y: [N, H, W, O].
package func winogradForward(
  _ shape: WinogradShape, _ x: Floats, weights: Floats, bias: Floats, biasRow: Int,
  residual: Residual, into y: Floats, scratch: Floats
) {
  let (u, m, _) = shape.parts(scratch)
  let (inputs, outputs) = (shape.inputs, shape.outputs)
  let row = (u: Winograd.row(inputs), m: Winograd.row(outputs))
  let filters = inputs * outputs
  let fetchesAhead = filters <= prefetchedFloats
  shape.forEachBlock { block in
    transformInputs(Operand(x), shape.tiling(channels: inputs), block, into: u)
    let pitch = (
      u: Winograd.pitch(tiles: block.count, inputs), m: Winograd.pitch(tiles: block.count, outputs)
    )
    Winograd.forEachComponent(block) { f, tiles in
      Product(
        rows: tiles.count, columns: outputs, depth: inputs,
        a: .init(base: u + f * pitch.u + tiles.lowerBound * row.u, row: row.u, step: 1),
        b: .init(
          base: Operand(weights) + f * filters, step: outputs,
          next: fetchesAhead && f + 1 < Winograd.components
            ? Operand(weights) + (f + 1) * filters : nil),
        c: m + f * pitch.m + tiles.lowerBound * row.m, cRow: row.m
      ).run(.zero)
    }
    transformOutputs(
      m, shape.tiling(channels: outputs), block, bias: Operand(bias), biasRow: biasRow,
      residual: residual, into: Operand(y))
  }
}

/// A component's weights up to this size are prefetched during the previous component's product: a
/// third of the first-level cache.
private let prefetchedFloats = 4096

/// dx = the flipped filter over dy, for all images: a forward pass with the flipped weights.
///
/// - Parameters:
///   - flipped: `winogradWeights` of the flipped weights.
///   - zeros: I zeros.
package func winogradInputGradient(
  _ shape: WinogradShape, dy: Floats, flipped: Floats, zeros: Floats, into dx: Floats,
  _ accumulation: Accumulation, scratch: Floats
) {
  let residual: Residual = accumulation == .add ? .add(dx) : .none
  winogradForward(
    shape.transposed, dy, weights: flipped, bias: zeros, biasRow: 0, residual: residual,
    into: dx, scratch: scratch)
}

/// dw += Gᵀ (Σ_tiles (Bᵀ d B) ⊗ (A dy Aᵀ)) G, for all images.
///
/// - Parameters:
///   - dw: [3, 3, I, O].
///   - sums: [N, O], Σ dy over each image's pixels, for the biases.
package func winogradWeightGradient(
  _ shape: WinogradShape, _ x: Floats, dy: Floats, addedTo dw: Floats, sums: Floats,
  scratch: Floats
) {
  sums.slice(0, shape.images * shape.outputs).fill(0)
  let (u, v, transformed) = shape.parts(scratch)
  let (inputs, outputs) = (shape.inputs, shape.outputs)
  let row = (u: Winograd.row(inputs), v: Winograd.row(outputs))
  let filters = inputs * outputs
  var isFirst = true
  shape.forEachBlock { block in
    transformInputs(Operand(x), shape.tiling(channels: inputs), block, into: u)
    transformOutputGradients(
      Operand(dy), shape.tiling(channels: outputs), block, into: v, sums: Operand(sums))
    let pitch = (
      u: Winograd.pitch(tiles: block.count, inputs), v: Winograd.pitch(tiles: block.count, outputs)
    )
    Winograd.forEachComponent(block) { f, tiles in
      let target = transformed + f * filters
      Product(
        rows: inputs, columns: outputs, depth: tiles.count,
        a: .init(base: u + f * pitch.u + tiles.lowerBound * row.u, row: 1, step: row.u),
        b: .init(base: v + f * pitch.v + tiles.lowerBound * row.v, step: row.v), c: target,
        cRow: outputs
      ).run(isFirst ? .zero : .matrix(target, stride: outputs))
    }
    isFirst = false
  }
  addFilterGradient(transformed, filters: filters, to: Operand(dw))
}
