// The Pareto front of quality over cost: the points that no other beats at their cost or less.

import Foundation

/// Which points are worth their cost, and which of their gains may be chance.
package enum ParetoFront {
  /// What is compared.
  package struct Point: Equatable, Sendable {
    let cost: Int
    /// Less is better.
    let loss: Double
    /// One standard error of the loss.
    let error: Double?

    package init(cost: Int, loss: Double, error: Double? = nil) {
      (self.cost, self.loss, self.error) = (cost, loss, error)
    }
  }

  /// What a point of the front has over the cheaper ones.
  package enum Gain: String, Sendable {
    /// There is no cheaper one.
    case cheapest
    /// It is better by more than chance.
    case certain
    /// It is better by no more than chance may make it.
    case chance
  }

  /// A point of the front.
  package struct Member: Equatable, Sendable {
    /// Its place among all points.
    package let place: Int
    /// Over the last one before it that is not itself chance.
    package let gain: Gain

    package init(place: Int, gain: Gain) { (self.place, self.gain) = (place, gain) }
  }

  /// The points that no other is at least as good as for as little, and better or cheaper, in the
  /// order of cost; of equal points all. A loss that is not finite is on no front.
  package static func members(of points: [Point]) -> [Member] {
    let ranked = points.indices.filter { points[$0].loss.isFinite }
      .sorted {
        (points[$0].cost, points[$0].loss, $0) < (points[$1].cost, points[$1].loss, $1)
      }
    guard let first = ranked.first else { return [] }
    var members = [Member(place: first, gain: .cheapest)]
    var (last, reference) = (members[0], points[first])
    for place in ranked.dropFirst() {
      let (point, best) = (points[place], points[last.place])
      if point.loss < best.loss {
        let isChance = Heat.isChance(
          (point.loss, point.error), (reference.loss, reference.error))
        last = Member(place: place, gain: isChance ? .chance : .certain)
        if !isChance { reference = point }
      } else if point.loss == best.loss, point.cost == best.cost {
        last = Member(place: place, gain: last.gain)
      } else {
        continue
      }
      members.append(last)
    }
    return members
  }
}
