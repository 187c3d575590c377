// The extrapolated Frechet distance between Gaussians, of which the true distance is known.

import Diffusion
import Foundation
import Testing

@Suite struct FrechetExtrapolationTests {
  private static let dimension = 16
  private static let count = 96
  private static let (scale, shift) = (1.25, 0.25)

  /// Independent normal numbers (Box-Muller over SplitMix64), times a scale, plus a shift.
  private static func gaussian(
    _ count: Int, seed: UInt64, scale: Double = 1, shift: Double = 0, classesApart: Double = 0
  ) -> Features {
    var state = seed
    func uniform() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
      return (Double((word ^ word >> 31) >> 11) + 0.5) * 0x1p-53
    }
    var features = Features(classes: 1)
    for image in 0..<count {
      let values = (0..<dimension).map { _ in
        let normal = (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
        return Float(normal * scale + shift + Double(image % 6) * classesApart)
      }
      features.append(values: values, probabilities: [1])
    }
    return features
  }

  private static func sets(_ pair: Int) -> (images: Features, reference: Features) {
    (
      gaussian(count, seed: UInt64(2 * pair), scale: scale, shift: shift),
      gaussian(count, seed: UInt64(2 * pair + 1))
    )
  }

  /// |Δμ|² + Σ (σ₁ - σ₂)².
  private static let truth =
    Double(dimension) * (shift * shift + (scale - 1) * (scale - 1))

  @Test func theBiasOfTheDistanceIsNotTheExtrapolations() throws {
    var (plain, extrapolated): ([Double], [FrechetExtrapolation]) = ([], [])
    for pair in 0..<12 {
      let (images, reference) = Self.sets(pair)
      plain.append(FrechetDistance(of: images, to: reference, threads: 2).value)
      extrapolated.append(
        try #require(FrechetExtrapolation(of: images, to: reference, threads: 2)))
    }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    #expect(mean(plain) > 1.6 * Self.truth, "\(plain)")
    // Twelve independent estimates, each with its own idea of its error.
    let error = mean(extrapolated.map(\.standardError)) / 12.0.squareRoot()
    #expect(abs(mean(extrapolated.map(\.value)) - Self.truth) < 2 * error, "\(extrapolated)")
    let near = extrapolated.count { abs($0.value - Self.truth) < 2 * $0.standardError }
    #expect(near >= 10, "\(extrapolated)")
  }

  /// The spread of independent sets' distances, against what the bootstrap says of each.
  @Test func theBootstrapsErrorIsTheSpread() {
    let all = (0..<12).map { pair in
      let (images, reference) = Self.sets(pair)
      return FrechetDistance(of: images, to: reference, threads: 2)
    }
    let mean = all.reduce(0) { $0 + $1.value } / 12
    let spread = (all.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) } / 11).squareRoot()
    let said = all.reduce(0) { $0 + $1.standardError } / 12
    #expect((0.5...2).contains(said / spread), "\(said), \(spread)")
  }

  @Test func setsFromOneSourceAreExtrapolatedToNoDistance() throws {
    let (a, b) = (Self.gaussian(120, seed: 100), Self.gaussian(120, seed: 101))
    let found = try #require(FrechetExtrapolation(of: a, to: b, threads: 2))
    #expect(abs(found.value) < 2 * found.standardError, "\(found)")
    #expect(FrechetDistance(of: a, to: b, threads: 2).value > 3 * found.standardError)
  }

  @Test func classesInTurnAreNotDividedByClass() throws {
    let (a, b) = (
      Self.gaussian(120, seed: 100, classesApart: 1), Self.gaussian(120, seed: 101, classesApart: 1)
    )
    let found = try #require(FrechetExtrapolation(of: a, to: b, threads: 2))
    #expect(abs(found.value) < 2 * found.standardError, "\(found)")
    #expect(found.standardError < 2, "\(found)")
  }

  @Test func tooFewImagesHaveNoExtrapolation() {
    let least = FrechetExtrapolation.leastCount(features: Self.dimension)
    #expect(least == 64)
    let (few, enough) = (Self.gaussian(least - 1, seed: 1), Self.gaussian(least, seed: 2))
    #expect(FrechetExtrapolation(of: few, to: enough, threads: 1) == nil)
    #expect(FrechetExtrapolation(of: enough, to: few, threads: 1) == nil)
    #expect(FrechetExtrapolation(of: enough, to: enough, threads: 1)?.value.magnitude ?? 1 < 1e-9)
  }

  @Test func theExtrapolationIsTheSameForAnyThreads() {
    let (images, reference) = Self.sets(0)
    let one = FrechetExtrapolation(of: images, to: reference, threads: 1)
    #expect(one == FrechetExtrapolation(of: images, to: reference, threads: 3))
  }
}
