import Diffusion
import Testing

@Test func theStandardErrorIsTheDeviationOverTheRootOfTheCount() {
  let mean = SampleMean([1, 2, 3, 6])
  #expect(mean.mean == 3)
  // Squares 4 + 1 + 0 + 9 over 3, over 4.
  #expect(abs((mean.standardError ?? 0) - (14.0 / 12).squareRoot()) < 1e-15)
}

@Test func aSingleValueSaysNothingAboutItsError() {
  #expect(SampleMean([5]).mean == 5 && SampleMean([5]).standardError == nil)
}
