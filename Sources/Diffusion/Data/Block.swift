// The floats of a few images, and sums of them: what samplers and objectives write their formulas in.

package import Kernels

/// The floats of the images that one core works on, all of one size: [n, H, W, C].
///
/// A block is a view. It is valid while the sampler's step or the objective that was handed it runs.
public struct Block: Sendable {
  package let floats: Floats

  package init(_ floats: Floats) { self.floats = floats }

  /// How many floats there are.
  public var count: Int { floats.count }

  /// A float.
  ///
  /// - Parameter index: its place in 0 ..< `count`.
  public subscript(index: Int) -> Float {
    get {
      precondition((0..<count).contains(index), "float \(index) of a block of \(count)")
      return floats[index]
    }
    nonmutating set {
      precondition((0..<count).contains(index), "float \(index) of a block of \(count)")
      floats[index] = newValue
    }
  }

  /// All floats, as an array of their own.
  public var values: [Float] { floats.array }

  /// Copies floats into the block.
  ///
  /// - Parameter values: `count` floats.
  public func set(_ values: [Float]) {
    precondition(values.count == count, "\(values.count) floats for a block of \(count)")
    floats.copy(from: values)
  }

  /// Sets every float to the linear combination of those at its place.
  ///
  /// - Parameter sum: of blocks as long as this one, which may be one of them.
  public func set(_ sum: LinearCombination) {
    var terms = sum.terms
    precondition(
      terms.allSatisfy { $0.block.count == count },
      "blocks of \(terms.map(\.block.count)) floats for one of \(count)")
    // The first two terms are added in one pass; whatever is read later must not be overwritten.
    let own = terms.indices.filter { terms[$0].block.isSame(as: self) }
    if let last = own.last, last > 1 {
      let weight = own.reduce(0) { $0 + terms[$1].weight }
      for place in own.reversed() { terms.remove(at: place) }
      terms.insert((weight, self), at: 0)
    }
    if terms.count == 1 { terms.append((0, terms[0].block)) }
    floats.setSum(terms[0], terms[1])
    for term in terms.dropFirst(2) { floats.setSum((1, self), term) }
  }

  private func isSame(as other: Block) -> Bool { floats.startsWhere(other.floats) }

  /// Σ (this - other)², in double precision.
  ///
  /// - Parameter other: a block of as many floats.
  public func squaredDistance(to other: Block) -> Double {
    precondition(other.count == count, "blocks of \(count) and \(other.count) floats")
    return sumOfSquaredDifferences(floats, other.floats)
  }

  /// The block times a number.
  ///
  /// - Parameters:
  ///   - weight: the number.
  ///   - block: the block.
  public static func * (weight: Double, block: Block) -> LinearCombination {
    LinearCombination(terms: [(weight, block)])
  }
}

/// A sum of blocks, each times a number, that is computed where it is put.
public struct LinearCombination {
  fileprivate var terms: [(weight: Double, block: Block)]

  /// The sum of two combinations.
  ///
  /// - Parameters:
  ///   - a: the first combination.
  ///   - b: the second combination.
  public static func + (a: LinearCombination, b: LinearCombination) -> LinearCombination {
    LinearCombination(terms: a.terms + b.terms)
  }

  /// The difference of two combinations.
  ///
  /// - Parameters:
  ///   - a: the one that is subtracted from.
  ///   - b: the one that is subtracted.
  public static func - (a: LinearCombination, b: LinearCombination) -> LinearCombination {
    LinearCombination(terms: a.terms + b.terms.map { (-$0.weight, $0.block) })
  }

  /// A combination times a number.
  ///
  /// - Parameters:
  ///   - weight: the number.
  ///   - sum: the combination.
  public static func * (weight: Double, sum: LinearCombination) -> LinearCombination {
    LinearCombination(terms: sum.terms.map { (weight * $0.weight, $0.block) })
  }
}

extension Floats {
  /// a·x + b·y at every place.
  fileprivate func setSum(
    _ first: (weight: Double, block: Block), _ second: (weight: Double, block: Block)
  ) {
    combine(first.weight, first.block.floats, second.weight, second.block.floats, into: self)
  }
}
