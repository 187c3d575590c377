// Sums over a vector of queries for each key: the gradients of narrow keys and values.

/// Scratch memory of a narrow head, cut into its parts.
struct NarrowWorkspace {
  /// [tokens, 2·depth]: keys and values.
  let pairs: UnsafeMutablePointer<Float>
  /// [depth, width] each: queries, their results' gradients and results.
  let queries: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  let result: UnsafeMutablePointer<Float>
  /// [width]: one number a query.
  let perQuery: UnsafeMutablePointer<Float>
  /// [width, paddedDepth]: what is summed for each key, query by query.
  let terms: UnsafeMutablePointer<Float>
  /// [tokens, width] each: probabilities and the scores' gradients.
  let weights: UnsafeMutablePointer<Float>
  let slopes: UnsafeMutablePointer<Float>
  /// [tokens, paddedDepth] each: the gradients of keys and values.
  let keySums: UnsafeMutablePointer<Float>
  let valueSums: UnsafeMutablePointer<Float>

  init(_ scratch: Floats, _ shape: AttentionShape) {
    let column = shape.depth * Lane.width
    pairs = scratch.base
    queries = pairs + NarrowWorkspace.pairCount(shape)
    gradients = queries + column
    result = gradients + column
    perQuery = result + column
    terms = perQuery + Lane.width
    weights = terms + Lane.width * shape.paddedDepth
    slopes = weights + shape.tokens * Lane.width
    keySums = slopes + shape.tokens * Lane.width
    valueSums = keySums + shape.tokens * shape.paddedDepth
  }

  /// Keys and values, and the whole vector that ends the last one.
  private static func pairCount(_ shape: AttentionShape) -> Int {
    FloatMemory.aligned(2 * shape.tokens * shape.depth + Lane.width)
  }

  /// Floats of the whole.
  static func count(_ shape: AttentionShape) -> Int {
    pairCount(shape) + (3 * shape.depth + 1 + shape.paddedDepth + 2 * shape.tokens) * Lane.width
      + 2 * shape.tokens * shape.paddedDepth
  }
}

extension NarrowAttention {
  /// Queries whose terms for a channel lie side by side in a vector. Heads of half a vector's
  /// channels or fewer would leave half of each multiplication unused; two queries fill it.
  private var interleaving: Int { 2 * shape.depth <= Lane.width ? 2 : 1 }

  /// Zeros in the sums, and in the terms where no channel writes.
  func clearSums() {
    let length = shape.tokens * shape.paddedDepth
    work.keySums.update(repeating: 0, count: length)
    work.valueSums.update(repeating: 0, count: length)
    work.terms.update(repeating: 0, count: Lane.width * shape.paddedDepth)
  }

  /// sums[key, :] += Σ_query weights[key, query]·columns[:, query], kept apart by the query's
  /// number modulo the interleaving.
  func scatter(
    _ weights: UnsafePointer<Float>, _ columns: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Float>
  ) {
    interleave(columns)
    guard interleaving == 2 else {
      return Product(
        rows: shape.tokens, columns: shape.paddedDepth, depth: Lane.width,
        a: .init(base: weights, row: Lane.width, step: 1),
        b: .init(base: work.terms, step: shape.paddedDepth), c: sums, cRow: shape.paddedDepth
      ).run(.matrix(sums, stride: shape.paddedDepth))
    }
    switch Lane.width {
    case 16: scatter(Eight<Lane>.self, weights, into: sums)
    case 8: scatter(Four<Lane>.self, weights, into: sums)
    default: scatter(Two<Lane>.self, weights, into: sums)
    }
  }

  /// The same with the terms of all pairs of queries in registers.
  @inline(__always)
  private func scatter<Pairs: Tile>(
    _: Pairs.Type, _ weights: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>
  ) where Pairs.V == Lane {
    let terms = Pairs(at: work.terms, stride: Lane.width)
    for place in stride(from: 0, to: shape.tokens * Lane.width, by: Lane.width) {
      terms.dotPairs(weights + place, plus: Lane(at: sums + place)).store(at: sums + place)
    }
  }

  /// terms[j, c·p + i] = columns[c, j·p + i], p the interleaving.
  private func interleave(_ columns: UnsafePointer<Float>) {
    let p = interleaving
    for j in 0..<Lane.width / p {
      for c in 0..<shape.depth {
        for i in 0..<p {
          work.terms[j * shape.paddedDepth + c * p + i] = columns[c * Lane.width + j * p + i]
        }
      }
    }
  }

  /// rows[token, r] += scale·Σ_i sums[token, r·p + i].
  func addSums(_ sums: UnsafePointer<Float>, scale: Float, to rows: Floats) {
    let p = interleaving
    for token in 0..<shape.tokens {
      let (from, to) = (sums + token * shape.paddedDepth, rows.base + token * shape.rowLength)
      for r in 0..<shape.depth {
        let sum = p == 2 ? from[2 * r] + from[2 * r + 1] : from[r]
        to[r] += scale * sum
      }
    }
  }
}
