// The backward pass of attention, for a block of keys and a run of queries at a time.

/// The formulas are at the head of Attention.swift. P is recomputed, which is cheaper than storing
/// it.
///
/// Keys are the columns of a block and queries its rows.
struct AttentionBackward {
  /// The intermediate results of one head's backward pass.
  struct Workspace {
    /// [run, widest block] each: P and dS.
    let weights: UnsafeMutablePointer<Float>
    let slopes: UnsafeMutablePointer<Float>
    /// [depth, widest block] each.
    let keys: UnsafeMutablePointer<Float>
    let values: UnsafeMutablePointer<Float>
    /// [depth, widest block] each: dSᵀ·q and Pᵀ·dy.
    let keySums: UnsafeMutablePointer<Float>
    let valueSums: UnsafeMutablePointer<Float>
    /// [widest block, paddedDepth]: the keys once more, as terms of dS·k.
    let terms: UnsafeMutablePointer<Float>
    /// [tokens, paddedDepth]: dS·k.
    let querySums: UnsafeMutablePointer<Float>
    /// [tokens, depth]: queries scaled.
    let queries: UnsafeMutablePointer<Float>
    /// [tokens, depth]: the result's gradients.
    let gradients: UnsafeMutablePointer<Float>
    /// [tokens] each: what a query's scores and its dP start from, minus its statistics and -D.
    let scoreStart: UnsafeMutablePointer<Float>
    let slopeStart: UnsafeMutablePointer<Float>

    init(_ scratch: Floats, _ shape: AttentionShape) {
      let (block, column) = (TokenBlock.widest, shape.depth * TokenBlock.widest)
      weights = scratch.base
      slopes = weights + AttentionBackward.run * block
      keys = slopes + AttentionBackward.run * block
      values = keys + column
      keySums = values + column
      valueSums = keySums + column
      terms = valueSums + column
      querySums = terms + block * shape.paddedDepth
      queries = querySums + shape.tokens * shape.paddedDepth
      gradients = queries + shape.tokens * shape.depth + Vector.width
      scoreStart = gradients + shape.tokens * shape.depth + Vector.width
      slopeStart = scoreStart + shape.tokens
    }

    /// Floats of the whole, with one spare vector after queries and gradients: rows are stored as
    /// whole vectors.
    static func count(_ shape: AttentionShape) -> Int {
      (2 * AttentionBackward.run + 4 * shape.depth + shape.paddedDepth) * TokenBlock.widest
        + shape.tokens * (shape.paddedDepth + 2 * shape.depth + 2) + 2 * Vector.width
    }
  }

  let shape: AttentionShape
  let work: Workspace

  init(_ shape: AttentionShape, _ scratch: Floats) {
    self.shape = shape
    work = Workspace(scratch, shape)
  }

  /// Queries whose weights and slopes stay in the first two levels of cache; a whole number of
  /// tiles.
  private static var run: Int { 108 }

  func run(
    q: UnsafePointer<Float>, k: UnsafePointer<Float>, v: UnsafePointer<Float>,
    y: UnsafePointer<Float>, statistics: UnsafePointer<Float>, dy: UnsafePointer<Float>,
    addedTo dq: UnsafeMutablePointer<Float>, _ dk: UnsafeMutablePointer<Float>,
    _ dv: UnsafeMutablePointer<Float>
  ) {
    pack(q, y, statistics, dy)
    for index in 0..<TokenBlock.count(tokens: shape.tokens) {
      let block = TokenBlock(index, tokens: shape.tokens)
      block.transpose(
        rows: k, rowLength: shape.rowLength, channels: shape.depth, scale: 1, into: work.keys)
      block.transpose(
        rows: v, rowLength: shape.rowLength, channels: shape.depth, scale: 1, into: work.values)
      packTerms(k, block)
      for first in stride(from: 0, to: shape.tokens, by: AttentionBackward.run) {
        let queries = first..<min(first + AttentionBackward.run, shape.tokens)
        weigh(queries, block.width)
        addUp(queries, block.width, first == 0 ? .overwrite : .add)
        addTerms(queries, block, index == 0 ? .overwrite : .add)
      }
      block.transpose(
        columns: work.valueSums, channels: shape.depth, scale: 1, into: dv,
        rowLength: shape.rowLength, .add)
      block.transpose(
        columns: work.keySums, channels: shape.depth, scale: 1 / Float.log2e, into: dk,
        rowLength: shape.rowLength, .add)
    }
    finish(dq)
  }

  // MARK: Queries, a row each

  private func pack(
    _ q: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ statistics: UnsafePointer<Float>,
    _ dy: UnsafePointer<Float>
  ) {
    for token in 0..<shape.tokens {
      let row = token * shape.rowLength
      let place = token * shape.depth
      let (query, gradient) = (work.queries + place, work.gradients + place)
      // Whole vectors: the next row overwrites what the last vector of this one stores past its
      // end.
      vectorized(shape.depth) { c, _ in
        (Vector(at: q + row + c) * shape.factor).store(at: query + c)
      }
      vectorized(shape.depth) { c, _ in Vector(at: dy + row + c).store(at: gradient + c) }
      work.scoreStart[token] = -statistics[token]
      work.slopeStart[token] = -dot(dy + row, y + row)
    }
  }

  /// The inner product of two tokens' channels.
  @inline(__always)
  private func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Float {
    var (sum, c) = (Float(0), 0)
    while c + HalfVector.scalarCount <= shape.depth {
      sum += (HalfVector(at: a + c) * HalfVector(at: b + c)).sum()
      c += HalfVector.scalarCount
    }
    while c < shape.depth {
      sum += a[c] * b[c]
      c += 1
    }
    return sum
  }

  /// dq += querySums; interleaved sums have two halves, which are added.
  private func finish(_ dq: UnsafeMutablePointer<Float>) {
    let scale = shape.factor / Float.log2e
    for token in 0..<shape.tokens {
      let (from, to) = (work.querySums + token * shape.paddedDepth, dq + token * shape.rowLength)
      if shape.isInterleaved {
        let pairs = Vector(at: from)
        ((pairs.evenHalf + pairs.oddHalf) * scale).add(first: shape.depth, to: to)
      } else {
        for c in 0..<shape.depth { to[c] += from[c] * scale }
      }
    }
  }

  // MARK: A block of keys

  /// One row per key, or one row per two keys with their channels interleaved.
  private func packTerms(_ k: UnsafePointer<Float>, _ block: TokenBlock) {
    let (count, padded) = (block.tokens.count, shape.paddedDepth)
    for i in stride(from: 0, to: count, by: shape.isInterleaved ? 2 : 1) {
      let row = k + (block.tokens.lowerBound + i) * shape.rowLength
      if shape.isInterleaved {
        var pair = Vector()
        pair.evenHalf = HalfVector(at: row)
        if i + 1 < count { pair.oddHalf = HalfVector(at: row + shape.rowLength) }
        pair.store(at: work.terms + i / 2 * padded)
      } else {
        vectorized(padded) { c, _ in Vector(at: row + c).store(at: work.terms + i * padded + c) }
      }
    }
  }

  // MARK: A run of queries and a block of keys

  /// P and dS, four vectors at a time; up to three vectors past the end are computed and not used.
  private func weigh(_ queries: Range<Int>, _ width: Int) {
    multiply(work.queries, queries, work.keys, width, from: work.scoreStart, into: work.weights)
    multiply(work.gradients, queries, work.values, width, from: work.slopeStart, into: work.slopes)
    for i in stride(from: 0, to: queries.count * width, by: VectorBatch.rows * Vector.width) {
      let weights = VectorBatch(at: work.weights + i, stride: Vector.width).powerOfTwo
      weights.store(at: work.weights + i, stride: Vector.width)
      weights.zip(VectorBatch(at: work.slopes + i, stride: Vector.width)) { $0 * $1 }
        .store(at: work.slopes + i, stride: Vector.width)
    }
  }

  /// target = rows·columns + start.
  private func multiply(
    _ rows: UnsafePointer<Float>, _ queries: Range<Int>, _ columns: UnsafePointer<Float>,
    _ width: Int, from start: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>
  ) {
    Product(
      rows: queries.count, columns: width, depth: shape.depth,
      a: .init(base: rows + queries.lowerBound * shape.depth, row: shape.depth, step: 1),
      b: .init(base: columns, step: width), c: target, cRow: width
    ).run(.column(start + queries.lowerBound))
  }

  /// valueSums += dyᵀ·P and keySums += qᵀ·dS.
  private func addUp(_ queries: Range<Int>, _ width: Int, _ accumulation: Accumulation) {
    addUp(work.gradients, queries, work.weights, width, into: work.valueSums, accumulation)
    addUp(work.queries, queries, work.slopes, width, into: work.keySums, accumulation)
  }

  private func addUp(
    _ rows: UnsafePointer<Float>, _ queries: Range<Int>, _ factors: UnsafePointer<Float>,
    _ width: Int, into sums: UnsafeMutablePointer<Float>, _ accumulation: Accumulation
  ) {
    Product(
      rows: shape.depth, columns: width, depth: queries.count,
      a: .init(base: rows + queries.lowerBound * shape.depth, row: 1, step: shape.depth),
      b: .init(base: factors, step: width), c: sums, cRow: width
    ).run(accumulation.start(sums, stride: width))
  }

  /// querySums += dS·terms.
  private func addTerms(
    _ queries: Range<Int>, _ block: TokenBlock, _ accumulation: Accumulation
  ) {
    let padded = shape.paddedDepth
    let target = work.querySums + queries.lowerBound * padded
    let terms = shape.isInterleaved ? 2 : 1
    let product = Product(
      rows: queries.count, columns: padded, depth: (block.tokens.count + terms - 1) / terms,
      a: .init(base: work.slopes, row: block.width, step: terms),
      b: .init(base: work.terms, step: padded), c: target, cRow: padded)
    let start = accumulation.start(target, stride: padded)
    if shape.isInterleaved { product.runInterleaved(start) } else { product.run(start) }
  }
}

extension AttentionShape {
  /// The head's channels rounded up to whole vectors.
  var paddedDepth: Int { Vector.vectors(for: depth) * Vector.width }

  /// Whether two keys share a vector of terms: with heads of half a vector's channels or fewer,
  /// half of each multiplication would be wasted otherwise.
  var isInterleaved: Bool { 2 * depth <= Vector.width }
}
