import Diffusion
import Testing

/// NumPy: `(d(x, y) <= np.sort(d(y, y), 1)[:, 3]).any(1).mean()` of all squared distances d, and the
/// same with x and y exchanged.
@Test func precisionAndRecallAreNumPys() {
  let result = PrecisionRecall(
    of: Patterned.images, against: Patterned.reference, threads: 2)
  #expect(result.precision.mean == 0.45 && result.recall.mean == 1)
  #expect(
    result == PrecisionRecall(of: Patterned.images, against: Patterned.reference, threads: 1))
  let back = PrecisionRecall(of: Patterned.reference, against: Patterned.images, threads: 2)
  #expect(back.precision == result.recall && back.recall == result.precision)
}

@Test func identicalSetsHaveFullPrecisionAndRecall() {
  let result = PrecisionRecall(of: Patterned.images, against: Patterned.images, threads: 2)
  #expect(result.precision.mean == 1 && result.recall.mean == 1)
}

@Test func aFarSetHasNeitherPrecisionNorRecall() {
  let far = patternedFeatures(40, 3, 5, 0, shift: 100)
  let result = PrecisionRecall(of: far, against: Patterned.images, threads: 2)
  #expect(result.precision.mean == 0 && result.recall.mean == 0)
}

/// A model that draws a few images over and over: all of them real, little of what is real.
@Test func aSetOfFewImagesHasPrecisionAndNoRecall() {
  var few = Features(classes: 1)
  for copy in 0..<40 {
    let first = copy % 2 * 6
    few.append(values: Array(Patterned.images.values[first..<first + 6]), probabilities: [1])
  }
  let result = PrecisionRecall(of: few, against: Patterned.images, threads: 2)
  #expect(result.precision.mean == 1 && result.recall.mean == 2.0 / 40)
}
