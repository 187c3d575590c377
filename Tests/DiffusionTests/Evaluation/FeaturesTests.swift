import Diffusion
import Testing

private func features(_ probabilities: [[Float]]) -> Features {
  var features = Features(classes: 3)
  for row in probabilities { features.append(values: [0], probabilities: row) }
  return features
}

@Test func theClassIsTheMostProbableOne() {
  let seen = features([[0.1, 0.7, 0.2], [0.5, 0.25, 0.25], [0, 0, 1]])
  #expect(seen.classes == [1, 0, 2])
  #expect(seen.accuracy([1, 0, 0]) == SampleMean([1, 1, 0]))
  let balance = ClassBalance(seen)
  #expect(balance.counts == [1, 1, 1])
  #expect(abs(balance.confidence.mean - 2.2 / 3) < 1e-6)
}

@Test func balancesDifferByHalfTheSumOfTheirShares() {
  let even = ClassBalance(features([[1, 0, 0], [0, 1, 0]]))
  let one = ClassBalance(features([[1, 0, 0]]))
  let third = ClassBalance(features([[0, 0, 1]]))
  #expect(even.distance(to: one) == 0.5 && one.distance(to: even) == 0.5)
  #expect(one.distance(to: third) == 1 && even.distance(to: even) == 0)
}
