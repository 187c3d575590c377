// The backward pass of attention, for a block of keys and a run of queries at a time.

/// The formulas are at the head of Attention.swift. P is recomputed, which is cheaper than storing
/// it.
///
/// Keys are the columns of a block and queries its rows.
struct AttentionBackward {
  /// The intermediate results of one head's backward pass.
  struct Workspace {
    /// [run, widest block] each: P and dS.
    let weights: Operand
    let slopes: Operand
    /// [depth, widest block] each.
    let keys: Operand
    let values: Operand
    /// [depth, widest block] each: dSᵀ·q and Pᵀ·dy.
    let keySums: Operand
    let valueSums: Operand
    /// [widest block, paddedDepth]: the keys once more, as terms of dS·k.
    let terms: Operand
    /// [tokens, paddedDepth]: dS·k.
    let querySums: Operand
    /// [tokens, depth]: queries scaled.
    let queries: Operand
    /// [tokens, depth]: the result's gradients.
    let gradients: Operand
    /// [tokens] each: what a query's scores and its dP start from, minus its statistics and -D.
    let scoreStart: Operand
    let slopeStart: Operand

    init(_ scratch: Floats, _ shape: AttentionShape) {
      let (block, column) = (TokenBlock.widest, shape.depth * TokenBlock.widest)
      var parts = ScratchParts(scratch)
      weights = parts.next(AttentionBackward.run * block)
      slopes = parts.next(AttentionBackward.run * block)
      keys = parts.next(column)
      values = parts.next(column)
      keySums = parts.next(column)
      valueSums = parts.next(column)
      terms = parts.next(block * shape.paddedDepth)
      querySums = parts.next(shape.tokens * shape.paddedDepth)
      queries = parts.next(shape.tokens * shape.depth + Vector.width)
      gradients = parts.next(shape.tokens * shape.depth + Vector.width)
      scoreStart = parts.next(shape.tokens)
      slopeStart = parts.next(shape.tokens)
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
    q: Operand, k: Operand, v: Operand, y: Operand, statistics: Operand, dy: Operand,
    addedTo dq: Operand, _ dk: Operand, _ dv: Operand
  ) {
    statistics.require([(shape.tokens, 1)], "the statistics")
    shape.requireRows(q, "q")
    shape.requireRows(y, "y")
    shape.requireRows(dy, "dy")
    shape.requireRows(dq, "dq")
    pack(q.address, y.address, statistics.address, dy.address)
    for index in 0..<TokenBlock.count(tokens: shape.tokens) {
      let block = TokenBlock(index, tokens: shape.tokens)
      block.transpose(
        rows: k, rowLength: shape.rowLength, channels: shape.depth, scale: 1, into: work.keys)
      block.transpose(
        rows: v, rowLength: shape.rowLength, channels: shape.depth, scale: 1, into: work.values)
      packTerms(k.address, block)
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
    finish(dq.address)
  }

  // MARK: Queries, a row each

  private func pack(
    _ q: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ statistics: UnsafePointer<Float>,
    _ dy: UnsafePointer<Float>
  ) {
    for token in 0..<shape.tokens {
      let row = token * shape.rowLength
      let place = token * shape.depth
      let (query, gradient) = (work.queries.address + place, work.gradients.address + place)
      // Whole vectors: the next row overwrites what the last vector of this one stores past its
      // end.
      vectorized(shape.depth) { c, _ in
        (Vector(at: q + row + c) * shape.factor).store(at: query + c)
      }
      vectorized(shape.depth) { c, _ in Vector(at: dy + row + c).store(at: gradient + c) }
      work.scoreStart.address[token] = -statistics[token]
      work.slopeStart.address[token] = -dot(dy + row, y + row)
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
      let from = work.querySums.address + token * shape.paddedDepth
      let to = dq + token * shape.rowLength
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
        pair.store(at: work.terms.address + i / 2 * padded)
      } else {
        vectorized(padded) { c, _ in
          Vector(at: row + c).store(at: work.terms.address + i * padded + c)
        }
      }
    }
  }

  // MARK: A run of queries and a block of keys

  /// P and dS, four vectors at a time; up to three vectors past the end are computed and not used.
  private func weigh(_ queries: Range<Int>, _ width: Int) {
    multiply(work.queries, queries, work.keys, width, from: work.scoreStart, into: work.weights)
    multiply(work.gradients, queries, work.values, width, from: work.slopeStart, into: work.slopes)
    let (factors, slopes) = (work.weights.address, work.slopes.address)
    for i in stride(from: 0, to: queries.count * width, by: VectorBatch.rows * Vector.width) {
      let weights = VectorBatch(at: factors + i, stride: Vector.width).powerOfTwo
      weights.store(at: factors + i, stride: Vector.width)
      weights.zip(VectorBatch(at: slopes + i, stride: Vector.width)) { $0 * $1 }
        .store(at: slopes + i, stride: Vector.width)
    }
  }

  /// target = rows·columns + start.
  private func multiply(
    _ rows: Operand, _ queries: Range<Int>, _ columns: Operand, _ width: Int,
    from start: Operand, into target: Operand
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
    _ rows: Operand, _ queries: Range<Int>, _ factors: Operand, _ width: Int,
    into sums: Operand, _ accumulation: Accumulation
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
