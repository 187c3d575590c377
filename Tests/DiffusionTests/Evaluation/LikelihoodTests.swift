import Foundation
import TestSupport
import Testing

@testable import Diffusion

@Suite struct LikelihoodTests {
  private let size = ImageSize(height: 4, width: 4, channels: 1)

  /// A network that predicts the black images exactly leaves only the decoder's floor and, where p's
  /// variance is not the posterior's, the divergence due to that.
  @Test func aPerfectModelCostsTheDecodersFloor() throws {
    let model = try constantModel(-1, prediction: .sample, clipRange: 1, timesteps: 1000)
    let black = ByteImages(size: size, pixels: Array(repeating: 0, count: 5 * size.values))
    let (small, large) = try measure(model, black, count: 5)
    #expect(small.middle == SampleMean([0, 0]))
    #expect(abs(small.decoder.mean - 0.510) < 5e-4 && small.decoder.standardError == 0)
    #expect(large.decoder == small.decoder && large.middle.mean > 0)
  }

  /// With an estimate that is the same everywhere every term is known, and only the choice of
  /// timesteps is left to chance.
  @Test func theTermsOfAConstantEstimateAreKnown() throws {
    let model = try constantModel(0.25, prediction: .sample, clipRange: 1, timesteps: 1000)
    let images = patternlessImages(400, size: size)
    let floats = Images(images)
    let error = mean(floats.values.map { ($0 - 0.25) * ($0 - 0.25) })
    let estimates = Images(
      size: size, values: Array(repeating: 0.25, count: floats.values.count))
    let both = try measure(model, images, count: 400)
    for (likelihood, variance) in [(both.small, ReverseVariance.small), (both.large, .large)] {
      let bound = VariationalBound(schedule: model.schedule, variance: variance)
      let prior = bound.prior(meanSquare: mean(floats.values.map { $0 * $0 }))
      #expect(abs(likelihood.prior.mean - prior) < 1e-12)
      let decoder = bound.decoder(floats, estimates: estimates)
      #expect(abs(likelihood.decoder.mean / decoder - 1) < 1e-6)
      for octave in likelihood.octaves {
        let terms = octave.timesteps.reduce(0) { $0 + bound.term(at: $1, squaredError: error) }
        #expect(octave.bits.isLikely(terms), "timesteps \(octave.timesteps)")
      }
    }
  }

  /// An estimate beyond white is white when it is clipped: what that saves is shown.
  @Test func clippingsEffectOnTheDecoderIsMeasured() throws {
    let white = ByteImages(size: size, pixels: Array(repeating: 255, count: 2 * size.values))
    let clipped = try constantModel(1.5, prediction: .sample, clipRange: 1, timesteps: 10)
    let likelihood = try measure(clipped, white, count: 2).small
    let free = try constantModel(1.5, prediction: .sample, clipRange: nil, timesteps: 10)
    let unclipped = try measure(free, white, count: 2).small
    #expect(likelihood.unclippedDecoder == unclipped.decoder)
    #expect(unclipped.unclippedDecoder == nil && unclipped.decoder != likelihood.decoder)
  }

  /// The table of a process in continuous time begins with noise: its decoder is VDM's, whatever the
  /// network.
  @Test func aProcessThatBeginsWithNoiseHasVDMsDecoder() throws {
    let table = try LearnedLogSNR().table(timesteps: 100)
    let images = patternlessImages(300, size: size)
    let likelihoods = try [Float(-0.5), 0.9].map { value in
      let model = try constantModel(
        value, prediction: .sample, clipRange: 1, timesteps: 100,
        betas: table.timesteps.map(table.beta))
      return try measure(model, images, count: 300).small
    }
    #expect(likelihoods[0].decoder == likelihoods[1].decoder)
    #expect(likelihoods.allSatisfy { $0.decoderFloor == nil && $0.unclippedDecoder == nil })
    let expected = EndTerms(of: images).decoder(at: -13.3) / 0.6931471805599453
    let found = likelihoods[0].decoder
    #expect(abs(found.mean - expected) < 4 * (found.standardError ?? 0), "\(found), \(expected)")
  }

  /// A network that predicts no noise is wrong by all of it: x̂0 - x0 = √(1/ᾱ - 1) ε.
  @Test func imagesAreNoisedAsTheirTimestepSays() throws {
    let model = try constantModel(0, prediction: .noise, clipRange: nil, timesteps: 100)
    let images = patternlessImages(400, size: size)
    let likelihood = try measure(model, images, count: 400).small
    let bound = VariationalBound(schedule: model.schedule, variance: .small)
    for octave in likelihood.octaves {
      let terms = octave.timesteps.reduce(0) {
        $0 + bound.term(at: $1, squaredError: 1 / model.schedule.signalToNoise($1))
      }
      #expect(octave.bits.isLikely(terms), "timesteps \(octave.timesteps)")
    }
  }

  @Test func estimatesAreClippedAsTheModelClips() throws {
    let images = ByteImages(size: size, pixels: Array(repeating: 255, count: 2 * size.values))
    let clipped = try constantModel(3, prediction: .sample, clipRange: 1, timesteps: 10)
    let free = try constantModel(3, prediction: .sample, clipRange: nil, timesteps: 10)
    #expect(try measure(clipped, images, count: 2).small.middle.mean == 0)
    #expect(try measure(free, images, count: 2).small.middle.mean > 1)
  }

  @Test func thePartsAddUp() throws {
    let (model, images) = try (untrainedModel(timesteps: 30), imagesOfEight)
    for likelihood in try [measure(model, images, count: 7)].flatMap({ [$0.small, $0.large] }) {
      let octaves = likelihood.octaves.reduce(0) { $0 + $1.bits.mean }
      #expect(abs(octaves / likelihood.middle.mean - 1) < 1e-12)
      let parts = [likelihood.prior, likelihood.middle, likelihood.decoder]
      #expect(abs(parts.reduce(0) { $0 + $1.mean } / likelihood.total.mean - 1) < 1e-12)
      #expect(parts.allSatisfy { $0.mean > 0 && $0.standardError.map { $0 > 0 } == true })
      #expect(likelihood.octaves.allSatisfy { $0.bits.mean > 0 })
    }
  }

  @Test func threadsDoNotMatterAndTheSeedDoes() throws {
    let model = try untrainedModel(timesteps: 30)
    let one = model.likelihoods(of: imagesOfEight, count: 20, seed: 1, threads: 1)
    #expect(one == model.likelihoods(of: imagesOfEight, count: 20, seed: 1, threads: 3))
    let other = model.likelihoods(of: imagesOfEight, count: 20, seed: 2, threads: 1)
    #expect(one[0].prior == other[0].prior && one[0].middle != other[0].middle)
    // At timestep 1 nothing but the noise is left to chance.
    #expect(one[0].decoder != other[0].decoder)
  }

  /// What a network derives from its weights is made by whoever runs it first.
  @Test func aFreshModelIsMeasuredAsAUsedOne() throws {
    let (fresh, used) = try (untrainedModel(timesteps: 30), untrainedModel(timesteps: 30))
    _ = HeldOutLoss(on: imagesOfEight, count: 1)(used, threads: 1)
    #expect(try measure(fresh, imagesOfEight, count: 7) == measure(used, imagesOfEight, count: 7))
  }

  /// Images of two brightnesses in turn: at even distances all that are measured would be of one.
  @Test func imagesAreDrawnAtRandomFromTheWholeSet() throws {
    let model = try constantModel(0, prediction: .sample, clipRange: 1, timesteps: 10)
    let pixels = (0..<100 * size.values).map { UInt8($0 / size.values % 2 == 0 ? 0 : 128) }
    let data = Dataset(
      images: ByteImages(size: size, pixels: pixels), labels: (0..<100).map { UInt8($0 % 2) },
      name: "two")
    let bright = try #require(data.drawn(20).labels).count { $0 == 1 }
    #expect((4...16).contains(bright))
    let likelihood = try measure(model, data.images, count: 20).small
    let prior = VariationalBound(schedule: model.schedule, variance: .small).prior
    let grey = Double(Float(128) / 127.5 - 1)
    let expected = (Double(20 - bright) * prior(1) + Double(bright) * prior(grey * grey)) / 20
    #expect(abs(likelihood.prior.mean - expected) < 1e-9)
  }

  @Test func eachImageIsMeasuredAtMostOnce() throws {
    let model = try untrainedModel(timesteps: 4)
    #expect(try measure(model, imagesOfEight, count: 1000).small.images == 7)
    let single = try measure(model, imagesOfEight, count: 1).small
    #expect(single.images == 1 && single.total.standardError == nil)
  }

  @Test(
    arguments: zip(
      [2, 3, 8, 1000], [[2...2], [2...2, 3...3], [2...2, 3...4, 5...8], nil]))
  func octavesCoverTheTimesteps(last: Int, expected: [ClosedRange<Int>]?) throws {
    let model = try constantModel(0, prediction: .sample, clipRange: 1, timesteps: last)
    let images = patternlessImages(1, size: size)
    let octaves = try measure(model, images, count: 1).small.octaves.map(\.timesteps)
    #expect(octaves.flatMap { Array($0) } == Array(Timestep(2)...Timestep(last)))
    #expect(model.evaluationsPerLikelihood == octaves.count + 1)
    if let expected {
      #expect(octaves.map { $0.lowerBound.value...$0.upperBound.value } == expected)
    }
  }

  private var imagesOfEight: ByteImages {
    patternlessImages(7, size: SmallTraining.size)
  }

  private func measure(
    _ model: DiffusionModel, _ images: ByteImages, count: Int
  ) throws -> (small: Likelihood, large: Likelihood) {
    let both = model.likelihoods(of: images, count: count, seed: 0, threads: 2)
    try #require(both.map(\.variance) == [.small, .large])
    return (both[0], both[1])
  }

  private func mean(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) } / Double(values.count)
  }
}

extension SampleMean {
  /// Whether the truth may be `value`: four standard errors hold but for one case in 16,000, and
  /// single precision leaves a millionth where there is no chance at all.
  fileprivate func isLikely(_ value: Double) -> Bool {
    abs(mean - value) <= 4 * (standardError ?? 0) + 1e-6 * abs(value)
  }
}
