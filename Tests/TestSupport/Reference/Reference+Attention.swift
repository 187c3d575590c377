// Softmax attention of one head, query by query, with whole matrices.

import Foundation

extension Reference {
  /// One head's operands: [tokens, depth] each.
  package struct Head {
    package var q: [Double]
    package var k: [Double]
    package var v: [Double]
    package var depth: Int

    package init(q: [Double], k: [Double], v: [Double], depth: Int) {
      (self.q, self.k, self.v, self.depth) = (q, k, v, depth)
    }

    fileprivate var tokens: Int { q.count / depth }

    /// softmax(q·kᵀ/√depth), [tokens, tokens].
    fileprivate var probabilities: [Double] {
      let scores = Reference.product(q, Reference.transpose(k, columns: depth), depth: depth)
      var result: [Double] = []
      for start in stride(from: 0, to: scores.count, by: tokens) {
        let row = scores[start..<start + tokens].map { $0 / Double(depth).squareRoot() }
        let peak = row.max() ?? 0
        let sum = row.reduce(0) { $0 + exp($1 - peak) }
        result += row.map { exp($0 - peak) / sum }
      }
      return result
    }
  }

  /// softmax(q·kᵀ/√depth)·v.
  package static func attention(_ head: Head) -> [Double] {
    product(head.probabilities, head.v, depth: head.tokens)
  }

  /// Gradients with respect to q, k and v by the chain rule: ∂P_j/∂S_i = P_j·(δ_ij - P_i).
  package static func attentionGradients(
    _ head: Head, dy: [Double]
  ) -> (dq: [Double], dk: [Double], dv: [Double]) {
    let (tokens, depth) = (head.tokens, head.depth)
    let p = head.probabilities
    let dp = product(dy, transpose(head.v, columns: depth), depth: depth)
    var ds = dp
    for query in 0..<tokens {
      let row = query * tokens..<(query + 1) * tokens
      for i in row {
        ds[i] =
          row.reduce(0) { sum, j in
            sum + dp[j] * p[j] * ((i == j ? 1 : 0) - p[i])
          } / Double(depth).squareRoot()
      }
    }
    return (
      product(ds, head.k, depth: tokens),
      product(transpose(ds, columns: tokens), head.q, depth: tokens),
      product(transpose(p, columns: tokens), dy, depth: tokens)
    )
  }
}
