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
    Winograd.frequencies * inputs * outputs
  }

  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int {
    part(Winograd.pitch(block * inputs)) + part(Winograd.pitch(block * outputs))
      + part(inputs * outputs)
  }

  /// The same with inputs and outputs exchanged: the input gradient's geometry.
  fileprivate var transposed: WinogradShape {
    WinogradShape(
      images: images, height: height, width: width, inputs: outputs, outputs: inputs)
  }

  /// Floats of a part with `count` in each frequency, and what kernels may read behind it.
  private func part(_ count: Int) -> Int {
    FloatMemory.aligned(Winograd.frequencies * count + Pair.width)
  }

  /// Transformed tiles that a core's cache holds along with the weights.
  private static let cachedFloats = 260_000

  /// Tiles that are worked on at a time: within the cache, and enough for a register tile.
  fileprivate var block: Int {
    let fitting = WinogradShape.cachedFloats / (Winograd.frequencies * (inputs + outputs))
    return max(Pair.tallestTile, fitting)
  }

  fileprivate func tiling(channels: Int) -> Tiling {
    Tiling(plane: Plane(height: height, width: width, channels: channels), images: images)
  }

  /// Calls `body` for runs of tiles of nearly equal length, at most a block.
  fileprivate func forEachBlock(_ body: (Range<Int>) -> Void) {
    let count = tiling(channels: 1).count
    let blocks = (count + block - 1) / block
    for i in 0..<blocks { body(count * i / blocks..<count * (i + 1) / blocks) }
  }

  /// Scratch memory: transformed inputs, transformed outputs, transformed weights' gradient.
  fileprivate func parts(_ scratch: Floats) -> (
    u: UnsafeMutablePointer<Float>, m: UnsafeMutablePointer<Float>,
    dw: UnsafeMutablePointer<Float>
  ) {
    let u = scratch.base
    let m = u + part(Winograd.pitch(block * inputs))
    return (u, m, m + part(Winograd.pitch(block * outputs)))
  }
}

/// The weights in the transformed domain: G g Gᵀ for every pair of channels.
///
/// - Parameters:
///   - weights: [3, 3, I, O]; the flipped ones for the input gradient, which is why `pairs` is all
///     that matters here.
///   - pairs: I·O.
///   - transformed: [36, I, O].
package func winogradWeights(_ weights: Floats, pairs: Int, into transformed: Floats) {
  withUnsafeTemporaryAllocation(of: Lane.self, capacity: 3 * Winograd.points) { buffer in
    guard let spare = buffer.baseAddress else { return }
    vectorized(pairs) { i, n in
      let tap = { (y: Int, x: Int) in Lane(at: weights.base + (3 * y + x) * pairs + i) }
      for x in 0..<3 {
        let t = Winograd.filter((tap(0, x), tap(1, x), tap(2, x)))
        (spare[x], spare[3 + x], spare[6 + x]) = (t.0, t.1, t.2)
        (spare[9 + x], spare[12 + x], spare[15 + x]) = (t.3, t.4, t.5)
      }
      for y in 0..<Winograd.points {
        let t = Winograd.filter((spare[3 * y], spare[3 * y + 1], spare[3 * y + 2]))
        let target = transformed.base + Winograd.points * y * pairs + i
        Winograd.store(t, first: n, at: target, plane: pairs)
      }
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
  shape.forEachBlock { tiles in
    transformInputs(x.base, shape.tiling(channels: inputs), tiles: tiles, into: u)
    for f in 0..<Winograd.frequencies {
      Product(
        rows: tiles.count, columns: outputs, depth: inputs,
        a: .init(base: u + f * Winograd.pitch(tiles.count * inputs), row: inputs, step: 1),
        b: .init(base: weights.base + f * inputs * outputs, step: outputs),
        c: m + f * Winograd.pitch(tiles.count * outputs), cRow: outputs
      ).run(.zero)
    }
    transformOutputs(
      m, shape.tiling(channels: outputs), tiles: tiles, bias: bias.base, biasRow: biasRow,
      residual: residual, into: y.base)
  }
}

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
  let pairs = inputs * outputs
  var isFirst = true
  shape.forEachBlock { tiles in
    transformInputs(x.base, shape.tiling(channels: inputs), tiles: tiles, into: u)
    transformOutputGradients(
      dy.base, shape.tiling(channels: outputs), tiles: tiles, into: v, sums: sums.base)
    for f in 0..<Winograd.frequencies {
      let target = transformed + f * pairs
      Product(
        rows: inputs, columns: outputs, depth: tiles.count,
        a: .init(base: u + f * Winograd.pitch(tiles.count * inputs), row: 1, step: inputs),
        b: .init(base: v + f * Winograd.pitch(tiles.count * outputs), step: outputs), c: target,
        cRow: outputs
      ).run(isFirst ? .zero : .matrix(target, stride: outputs))
    }
    isFirst = false
  }
  addFilterGradient(transformed, pairs: pairs, to: dw.base)
}

/// dw += Gᵀ w G for every pair of channels.
private func addFilterGradient(
  _ transformed: UnsafePointer<Float>, pairs: Int, to dw: UnsafeMutablePointer<Float>
) {
  withUnsafeTemporaryAllocation(of: Lane.self, capacity: 3 * Winograd.points) { buffer in
    guard let spare = buffer.baseAddress else { return }
    vectorized(pairs) { i, n in
      for x in 0..<Winograd.points {
        let value = { (y: Int) in Lane(at: transformed + (Winograd.points * y + x) * pairs + i) }
        let t = Winograd.filterGradient(
          (value(0), value(1), value(2), value(3), value(4), value(5)))
        (spare[x], spare[6 + x], spare[12 + x]) = t
      }
      for y in 0..<3 {
        let row = spare + Winograd.points * y
        let t = Winograd.filterGradient((row[0], row[1], row[2], row[3], row[4], row[5]))
        let target = dw + 3 * y * pairs + i
        (Lane(at: target) + t.0).store(first: n, at: target)
        (Lane(at: target + pairs) + t.1).store(first: n, at: target + pairs)
        (Lane(at: target + 2 * pairs) + t.2).store(first: n, at: target + 2 * pairs)
      }
    }
  }
}
