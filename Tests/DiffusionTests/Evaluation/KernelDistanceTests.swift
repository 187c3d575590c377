import Diffusion
import Testing

/// NumPy, in double precision, with `k = (a@b.T/6 + 1)**3` and the diagonals left out; the error from
/// the ten distances without rows `p*n//10 ..< (p+1)*n//10` of both sets.
@Test func theKernelDistanceAndItsJackknifeAreNumPys() {
  let distance = KernelDistance(
    between: Patterned.images, and: Patterned.reference, threads: 2)
  // The inner products are single precision, of which sums of thousands average the rounding.
  #expect(abs(distance.value - 0.2636310974522227) < 1e-7)
  #expect(abs(distance.standardError - 0.02967272541141538) < 1e-7)
}

@Test func theKernelDistanceIsTheSameForAnyThreads() {
  let (x, y) = (Patterned.images, Patterned.reference)
  let one = KernelDistance(between: x, and: y, threads: 1)
  #expect(one == KernelDistance(between: x, and: y, threads: 3))
}

/// An estimate with a bias would lie as far above 0 as the diagonals it counts: by 0.06 here.
@Test func setsFromOneSourceHaveNoDistance() {
  func features(_ images: ByteImages) -> Features {
    let values = Images(images).values
    return stride(from: 0, to: values.count, by: 6).reduce(into: Features(classes: 1)) {
      $0.append(values: Array(values[$1..<$1 + 6]), probabilities: [1])
    }
  }
  let images = patternlessImages(1200, size: ImageSize(height: 2, width: 3, channels: 1))
  let distance = KernelDistance(
    between: features(images[0..<600]), and: features(images[600..<1200]), threads: 2)
  #expect(abs(distance.value) < 3 * distance.standardError, "\(distance)")
  #expect(distance.standardError < 0.003, "\(distance)")
}
