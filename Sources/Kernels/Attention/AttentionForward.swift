// The forward pass of attention, for a block of queries and a run of keys at a time.

/// Queries are the columns of a block and keys its rows, so that scores and results are matrix
/// products, which use each number they load several times.
struct AttentionForward {
  /// The intermediate results of one head's forward pass.
  struct Workspace {
    /// [run, widest block]: scores, then the powers of two of them.
    let weights: Operand
    /// [widest block]: what scores start from.
    let start: Operand
    /// [depth, widest block].
    let queries: Operand
    /// [depth + 1, widest block]: weighted sums of the values' rows.
    let sums: Operand
    /// [tokens, depth].
    let keys: Operand
    /// [tokens, depth + 1]: a one follows a value's channels, so that its weighted sum is the sum
    /// of the weights.
    let values: Operand

    init(_ scratch: Floats, _ shape: AttentionShape) {
      var parts = ScratchParts(scratch)
      weights = parts.next(run * TokenBlock.widest)
      start = parts.next(TokenBlock.widest)
      queries = parts.next(shape.depth * TokenBlock.widest)
      sums = parts.next((shape.depth + 1) * TokenBlock.widest)
      keys = parts.next(shape.tokens * shape.depth + Vector.width)
      values = parts.next(shape.tokens * (shape.depth + 1) + Vector.width)
    }

    /// Floats of the whole, with one spare vector after keys and values: rows are stored as whole
    /// vectors.
    static func count(_ shape: AttentionShape) -> Int {
      (run + 2 * shape.depth + 2) * TokenBlock.widest
        + shape.tokens * (2 * shape.depth + 1) + 2 * Vector.width
    }
  }

  let shape: AttentionShape
  let work: Workspace

  init(_ shape: AttentionShape, _ scratch: Floats) {
    self.shape = shape
    work = Workspace(scratch, shape)
  }

  /// Keys whose weights stay in the first-level cache; a whole number of tiles.
  private static var run: Int { 72 }

  /// Scores within ± this, as exponents of two, need no shift: sums of their powers stay finite,
  /// and the smallest power is still a normal number.
  private static var safeScore: Float { 60 }

  func run(
    q: Operand, k: Operand, v: Operand, into y: Operand, statistics: Operand
  ) {
    statistics.require([(shape.tokens, 1)], "the statistics")
    shape.requireRows(v, "v")
    shape.requireRows(k, "k")
    shape.requireRows(q, "q")
    pack(k.address, v.address)
    let needsShift = shape.factor * boundOfScores(q.address, k.address) > AttentionForward.safeScore
    for index in 0..<TokenBlock.count(tokens: shape.tokens) {
      let block = TokenBlock(index, tokens: shape.tokens)
      block.transpose(
        rows: q, rowLength: shape.rowLength, channels: shape.depth, scale: shape.factor,
        into: work.queries)
      work.start.address.update(repeating: 0, count: block.width)
      if needsShift { subtractPeaks(block.width) }
      addUp(block.width)
      finish(block, y, statistics.address)
    }
  }

  /// Copies the head's keys and values into dense rows. In the operands, tokens are so far apart
  /// that they would compete for a few sets of the first-level cache.
  private func pack(_ k: UnsafePointer<Float>, _ v: UnsafePointer<Float>) {
    for token in 0..<shape.tokens {
      let row = token * shape.rowLength
      let (key, value) = (
        work.keys.address + token * shape.depth,
        work.values.address + token * (shape.depth + 1)
      )
      // Whole vectors: the next row overwrites what the last vector of this one stores past its
      // end.
      vectorized(shape.depth) { c, _ in Vector(at: k + row + c).store(at: key + c) }
      vectorized(shape.depth) { c, _ in Vector(at: v + row + c).store(at: value + c) }
      value[shape.depth] = 1
    }
  }

  // MARK: A block of queries

  /// start = minus each query's largest score.
  private func subtractPeaks(_ width: Int) {
    let peaks = work.sums.address
    peaks.update(repeating: -.greatestFiniteMagnitude, count: width)
    for first in stride(from: 0, to: shape.tokens, by: AttentionForward.run) {
      let keys = first..<min(first + AttentionForward.run, shape.tokens)
      score(keys, width)
      let weights = work.weights.address
      for scores in stride(from: weights, to: weights + keys.count * width, by: width) {
        vectorized(width) { i, _ in
          Vector(at: peaks + i).larger(Vector(at: scores + i)).store(at: peaks + i)
        }
      }
    }
    vectorized(width) { i, _ in (Vector() - Vector(at: peaks + i)).store(at: work.start.address + i)
    }
  }

  /// sums = [values, 1]ᵀ·2^(keys·queries + start).
  private func addUp(_ width: Int) {
    let rowLength = shape.depth + 1
    for first in stride(from: 0, to: shape.tokens, by: AttentionForward.run) {
      let keys = first..<min(first + AttentionForward.run, shape.tokens)
      score(keys, width)
      weigh(keys.count * width)
      Product(
        rows: rowLength, columns: width, depth: keys.count,
        a: .init(base: work.values + first * rowLength, row: 1, step: rowLength),
        b: .init(base: work.weights, step: width), c: work.sums, cRow: width
      ).run((first == 0 ? Accumulation.overwrite : .add).start(work.sums, stride: width))
    }
  }

  /// weights = keys·queries + start.
  private func score(_ keys: Range<Int>, _ width: Int) {
    Product(
      rows: keys.count, columns: width, depth: shape.depth,
      a: .init(base: work.keys + keys.lowerBound * shape.depth, row: shape.depth, step: 1),
      b: .init(base: work.queries, step: width), c: work.weights, cRow: width
    ).run(.row(work.start))
  }

  /// weights = 2^weights, four vectors at a time; up to three vectors past the end are computed and
  /// not used.
  private func weigh(_ count: Int) {
    for i in stride(from: 0, to: count, by: VectorBatch.rows * Vector.width) {
      let weights = work.weights.address + i
      VectorBatch(at: weights, stride: Vector.width).powerOfTwo
        .store(at: weights, stride: Vector.width)
    }
  }

  /// y and statistics of the block.
  private func finish(
    _ block: TokenBlock, _ y: Operand, _ statistics: UnsafeMutablePointer<Float>
  ) {
    let results = work.sums.address
    let sums = results + shape.depth * block.width
    vectorized(block.tokens.count) { i, queries in
      let sum = Vector(at: sums + i)
      (sum.logarithm * Float.log2e - Vector(at: work.start.address + i))
        .store(first: queries, at: statistics + block.tokens.lowerBound + i)
      let inverse = 1 / sum
      for result in stride(from: results, to: sums, by: block.width) {
        (Vector(at: result + i) * inverse).store(at: result + i)
      }
    }
    block.transpose(
      columns: work.sums, channels: shape.depth, scale: 1, into: y, rowLength: shape.rowLength,
      .overwrite)
  }

  // MARK: The bound of all scores

  /// Σ_c max|q_c|·max|k_c|: no inner product is larger.
  private func boundOfScores(_ q: UnsafePointer<Float>, _ k: UnsafePointer<Float>) -> Float {
    var bound: Float = 0
    vectorized(shape.depth) { c, channels in
      var (queries, keys) = (Extremes(), Extremes())
      for token in 0..<shape.tokens {
        queries.add(Vector(at: q + token * shape.rowLength + c))
        keys.add(Vector(at: k + token * shape.rowLength + c))
      }
      let products = queries.size * keys.size
      for i in 0..<channels { bound += products[i] }
    }
    return bound
  }
}

/// The largest and the smallest of zero and some vectors, element by element.
private struct Extremes {
  private var largest = Vector()
  private var smallest = Vector()

  @inline(__always) mutating func add(_ vector: Vector) {
    largest = largest.larger(vector)
    smallest = smallest.smaller(vector)
  }

  /// The larger of the two absolute values.
  var size: Vector { largest.larger(Vector() - smallest) }
}
