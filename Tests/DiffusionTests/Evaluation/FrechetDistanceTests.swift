import Diffusion
import Testing

/// NumPy: `m@m + np.trace(c1) + np.trace(c2) - 2*np.sqrt(np.linalg.eigvals(c1@c2).real).sum()` with
/// `m = x.mean(0) - y.mean(0)` and `c = np.cov(·, rowvar=False)`.
@Test func theFrechetDistanceIsNumPys() {
  let distance = FrechetDistance(of: Patterned.images, to: Patterned.reference, threads: 2)
  #expect(abs(distance.value - 0.7532031944126021) < 1e-12)
  let back = FrechetDistance(of: Patterned.reference, to: Patterned.images, threads: 1)
  #expect(abs(back.value - distance.value) < 1e-12)
}

/// Four vectors of six numbers have a covariance of rank three.
@Test func aSingularCovarianceHasADistance() {
  let few = patternedFeatures(4, 3, 5, 0)
  let distance = FrechetDistance(of: few, to: Patterned.reference, threads: 1).value
  // The root of an eigenvalue that should be 0 errs by 1e-8.
  #expect(abs(distance - 2.407851500552587) < 1e-6)
}

@Test func aSetIsNoDistanceFromItself() {
  let distance = FrechetDistance(of: Patterned.images, to: Patterned.images, threads: 1)
  #expect(abs(distance.value) < 1e-12)
}

@Test func theBootstrapIsTheSameForAnyThreadsAndShrinksWithTheImages() {
  let reference = Patterned.reference
  let one = FrechetDistance(of: Patterned.images, to: reference, threads: 1)
  #expect(one == FrechetDistance(of: Patterned.images, to: reference, threads: 3))
  let many = FrechetDistance(of: patternedFeatures(610, 3, 5, 0), to: reference, threads: 2)
  // Fifteen times as many images: about a quarter of the error.
  #expect(one.standardError > 0 && many.standardError < one.standardError / 2)
}
