// Gradients of attention of heads of few channels: probabilities are computed again, not kept.

extension NarrowAttention {
  /// With P the probabilities, dP = dy·vᵀ and D = Σ_key P∘dP = dy·y: dv = Pᵀ·dy,
  /// dS = P∘(dP - D)/√depth, dq = dS·k, dk = dSᵀ·q.
  func backward(
    _ inputs: (q: Floats, k: Floats, v: Floats, y: Floats, statistics: Floats, dy: Floats),
    _ targets: (dq: Floats, dk: Floats, dv: Floats)
  ) {
    pack(inputs.k, inputs.v)
    clearSums()
    for first in stride(from: 0, to: shape.tokens, by: Lane.width) {
      let queries = min(Lane.width, shape.tokens - first)
      gather(inputs.q, first, queries, scale: factor, into: work.queries)
      gather(inputs.dy, first, queries, scale: 1, into: work.gradients)
      gather(inputs.y, first, queries, scale: -1, into: work.result)
      let gradient = T(at: work.gradients, stride: Lane.width)
      gradient.zip(T(at: work.result, stride: Lane.width)) { $0 * $1 }.sum.store(at: work.perQuery)
      interleave(inputs.dy, first, queries, scale: 1, into: work.valueTerms)
      interleave(inputs.q, first, queries, scale: shape.scale, into: work.keyTerms)

      var start = Lane() - Lane(at: inputs.statistics.base + first)
      // What is read behind the last query may be anything; its weights must be numbers.
      for i in queries..<Lane.width { start[i] = -126 }
      T().store(at: work.result, stride: Lane.width)
      for run in stride(from: 0, to: shape.tokens, by: NarrowWorkspace.run) {
        let keys = run..<min(run + NarrowWorkspace.run, shape.tokens)
        storeWeights(keys, start)
        storeSlopes(keys)
        sum(work.weights, work.valueTerms, into: work.valueSums, keys)
        sum(work.slopes, work.keyTerms, into: work.keySums, keys)
      }
      for i in 0..<queries {
        let row = targets.dq.base + (first + i) * shape.rowLength
        for r in 0..<shape.depth { row[r] += work.result[r * Lane.width + i] * shape.scale }
      }
    }
    add(work.valueSums, to: targets.dv)
    add(work.keySums, to: targets.dk)
  }

  // MARK: A vector of queries over a run of keys

  /// P, a row a key.
  private func storeWeights(_ keys: Range<Int>, _ start: Lane) {
    let query = T(at: work.queries, stride: Lane.width)
    let grouped = whole(keys)
    for key in stride(from: keys.lowerBound, to: grouped, by: Group.rows) {
      storeWeights(Group.self, key, keys, query, start)
    }
    for key in grouped..<keys.upperBound { storeWeights(One<Lane>.self, key, keys, query, start) }
  }

  @inline(__always)
  private func storeWeights<Keys: Tile>(
    _: Keys.Type, _ key: Int, _ run: Range<Int>, _ query: T, _ start: Lane
  ) where Keys.V == Lane {
    let step = 2 * shape.depth
    var scores = Keys(repeating: start)
    query.multiply(work.pairs + key * step, step: 1, stride: step, addedTo: &scores)
    let place = (key - run.lowerBound) * Lane.width
    scores.powerOfTwo.store(at: work.weights + place, stride: Lane.width)
  }

  /// P∘(dP - D), a row a key, and the keys' part of dq·√depth, added to the result.
  private func storeSlopes(_ keys: Range<Int>) {
    let gradient = T(at: work.gradients, stride: Lane.width)
    var result = T(at: work.result, stride: Lane.width)
    let grouped = whole(keys)
    for key in stride(from: keys.lowerBound, to: grouped, by: Group.rows) {
      storeSlopes(Group.self, key, keys, gradient, addedTo: &result)
    }
    for key in grouped..<keys.upperBound {
      storeSlopes(One<Lane>.self, key, keys, gradient, addedTo: &result)
    }
    result.store(at: work.result, stride: Lane.width)
  }

  @inline(__always)
  private func storeSlopes<Keys: Tile>(
    _: Keys.Type, _ key: Int, _ run: Range<Int>, _ gradient: T, addedTo result: inout T
  ) where Keys.V == Lane {
    let step = 2 * shape.depth
    let keys = work.pairs + key * step
    let place = (key - run.lowerBound) * Lane.width
    var slopes = Keys(at: work.perQuery, stride: 0)
    gradient.multiply(keys + shape.depth, step: 1, stride: step, addedTo: &slopes)
    slopes = slopes.zip(Keys(at: work.weights + place, stride: Lane.width)) { $0 * $1 }
    slopes.store(at: work.slopes + place, stride: Lane.width)
    slopes.multiply(keys, step: step, stride: 1, addedTo: &result)
  }

  // MARK: Sums over a vector of queries for each key

  /// Whether the terms of two queries for a channel lie side by side in a vector: heads of half a
  /// vector's channels or fewer would leave half of each multiplication unused.
  private var isInterleaved: Bool { 2 * shape.depth <= Lane.width }

  private func clearSums() {
    let length = shape.tokens * shape.paddedDepth
    work.valueSums.update(repeating: 0, count: length)
    work.keySums.update(repeating: 0, count: length)
  }

  /// The channels of some tokens, a row a token, or a row two tokens with their channels alternating;
  /// zeros where there are no tokens.
  private func interleave(
    _ rows: Floats, _ first: Int, _ queries: Int, scale: Float,
    into terms: UnsafeMutablePointer<Float>
  ) {
    if queries < Lane.width {
      terms.update(repeating: 0, count: Lane.width * shape.paddedDepth)
    }
    if isInterleaved {
      for i in stride(from: 0, to: queries, by: 2) {
        let row = rows.base + (first + i) * shape.rowLength
        var pair = Lane()
        pair.evenHalf = HalfLane(at: row)
        if i + 1 < queries { pair.oddHalf = HalfLane(at: row + shape.rowLength) }
        (pair * scale).store(at: terms + i / 2 * Lane.width)
      }
    } else {
      for i in 0..<queries {
        let row = rows.base + (first + i) * shape.rowLength
        vectorized(shape.depth) { c, _ in
          (Lane(at: row + c) * scale).store(at: terms + i * shape.paddedDepth + c)
        }
      }
    }
  }

  /// sums[key, :] += Σ_query factors[key, query]·terms[query, :] for a run of keys; where terms are
  /// interleaved, so are the sums.
  private func sum(
    _ factors: UnsafePointer<Float>, _ terms: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Float>, _ keys: Range<Int>
  ) {
    let target = sums + keys.lowerBound * shape.paddedDepth
    guard isInterleaved else {
      return Product(
        rows: keys.count, columns: shape.paddedDepth, depth: Lane.width,
        a: .init(base: factors, row: Lane.width, step: 1),
        b: .init(base: terms, step: shape.paddedDepth), c: target, cRow: shape.paddedDepth
      ).run(.matrix(target, stride: shape.paddedDepth))
    }
    switch Lane.width {
    case 16: sum(Eight<Lane>(at: terms, stride: Lane.width), factors, into: target, keys.count)
    case 8: sum(Four<Lane>(at: terms, stride: Lane.width), factors, into: target, keys.count)
    default: sum(Two<Lane>(at: terms, stride: Lane.width), factors, into: target, keys.count)
    }
  }

  /// The same with the terms of all pairs of queries in registers.
  @inline(__always)
  private func sum<Pairs: Tile>(
    _ terms: Pairs, _ factors: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>,
    _ keys: Int
  ) where Pairs.V == Lane {
    for place in stride(from: 0, to: keys * Lane.width, by: Lane.width) {
      terms.dotPairs(factors + place, plus: Lane(at: sums + place)).store(at: sums + place)
    }
  }

  /// rows[token, :] += sums[token, :], of which interleaved ones are two to be added.
  private func add(_ sums: UnsafePointer<Float>, to rows: Floats) {
    for token in 0..<shape.tokens {
      let (from, to) = (sums + token * shape.paddedDepth, rows.base + token * shape.rowLength)
      if isInterleaved {
        let pairs = Lane(at: from)
        let sum = pairs.evenHalf + pairs.oddHalf
        for r in 0..<shape.depth { to[r] += sum[r] }
      } else {
        for r in 0..<shape.depth { to[r] += from[r] }
      }
    }
  }
}
