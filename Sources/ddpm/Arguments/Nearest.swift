// The valid word a mistyped one was most likely meant to be.

/// The candidate a few typing mistakes away from `word`, or the only one that `word` begins, or the
/// longest that begins `word`.
///
/// A third of the letters may be wrong: more would propose words that have nothing in common.
package func nearest(to word: String, among candidates: [String]) -> String? {
  let typed = word.undashed
  guard !typed.isEmpty else { return nil }
  let words = candidates.map { (word: $0, letters: $0.undashed) }
  let begun = words.filter { $0.letters.starts(with: typed) }
  if begun.count == 1 { return begun[0].word }
  // A word of another length takes at least that many mistakes: what has no chance is not compared.
  let ranked = words.compactMap { word, letters -> (word: String, distance: Int)? in
    let longer = max(typed.count, letters.count)
    let most = min(max(1, longer / 3), longer - 1)
    guard abs(typed.count - letters.count) <= most else { return nil }
    let distance = editDistance(typed, letters)
    return distance <= most ? (word, distance) : nil
  }
  if let best = ranked.min(by: { $0.distance < $1.distance }) { return best.word }
  return words.filter { $0.letters.count >= leastStem && typed.starts(with: $0.letters) }
    .max { $0.word.count < $1.word.count }?.word
}

/// Shorter words begin many others by chance.
private let leastStem = 3

/// How many insertions, deletions, replacements and swaps of neighbours lead from `a` to `b`
/// (optimal string alignment).
package func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1], row[j]) + 1
      cost = min(cost, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}

extension String {
  /// The letters that are compared: lower case, without leading dashes of any kind.
  fileprivate var undashed: [Character] {
    Array(lowercased().drop { "-\u{2013}\u{2014}".contains($0) })
  }
}
