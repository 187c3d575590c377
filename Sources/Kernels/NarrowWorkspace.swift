// Scratch memory of a narrow head, cut into its parts.

/// What a narrow head of attention writes down on its way.
struct NarrowWorkspace {
  /// [tokens, 2·depth]: keys and values.
  let pairs: UnsafeMutablePointer<Float>
  /// [depth, width] each: queries, their results' gradients and results.
  let queries: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  let result: UnsafeMutablePointer<Float>
  /// [width]: one number a query.
  let perQuery: UnsafeMutablePointer<Float>
  /// [width, paddedDepth] each: what is summed for each value and key, query by query.
  let valueTerms: UnsafeMutablePointer<Float>
  let keyTerms: UnsafeMutablePointer<Float>
  /// [run, width] each: probabilities and the scores' gradients.
  let weights: UnsafeMutablePointer<Float>
  let slopes: UnsafeMutablePointer<Float>
  /// [tokens, paddedDepth] each: the gradients of values and keys.
  let valueSums: UnsafeMutablePointer<Float>
  let keySums: UnsafeMutablePointer<Float>

  /// Keys of a run: with their sums and weights, all the backward pass works on stays in the
  /// first-level cache.
  static var run: Int { 63 }

  init(_ scratch: Floats, _ shape: AttentionShape) {
    let column = shape.depth * Lane.width
    let terms = Lane.width * shape.paddedDepth
    pairs = scratch.base
    queries = pairs + NarrowWorkspace.pairCount(shape)
    gradients = queries + column
    result = gradients + column
    perQuery = result + column
    valueTerms = perQuery + Lane.width
    keyTerms = valueTerms + terms
    weights = keyTerms + terms
    slopes = weights + NarrowWorkspace.run * Lane.width
    valueSums = slopes + NarrowWorkspace.run * Lane.width
    keySums = valueSums + shape.tokens * shape.paddedDepth
  }

  /// Keys and values, and the whole vector that ends the last one.
  private static func pairCount(_ shape: AttentionShape) -> Int {
    FloatMemory.aligned(2 * shape.tokens * shape.depth + Lane.width)
  }

  /// Floats of the whole.
  static func count(_ shape: AttentionShape) -> Int {
    pairCount(shape) + (3 * shape.depth + 1 + 2 * shape.paddedDepth + 2 * run) * Lane.width
      + 2 * shape.tokens * shape.paddedDepth
  }
}
