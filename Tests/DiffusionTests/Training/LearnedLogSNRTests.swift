// A learned schedule: what γ is, what it costs, and that it goes where the bound is least noisy.

import Foundation
import Kernels
import TestSupport
import Testing

@testable import Diffusion

@Suite struct LearnedLogSNRTests {
  /// What an example costs at γ: most in the middle of the noise, as images do.
  private static func loss(_ gamma: Double) -> Double { 0.02 + 0.4 * exp(-gamma * gamma / 18) }

  /// Ends that stay: the slopes of prior and decoder are small against their rates.
  private static let ends = EndTerms(meanSquare: 0.9, edgeShare: 0.8)

  private static func learned(_ steps: Int) -> LearnedLogSNR {
    var schedule = LearnedLogSNR()
    for step in 0..<steps {
      for item in 0..<50 {
        let t =
          (Double(item) + (0.5 + Double(step) * 0.618).truncatingRemainder(dividingBy: 1)) / 50
        schedule.record(loss(schedule(t).value), at: t)
      }
      schedule.adapt(rate: 1, ends)
    }
    return schedule
  }

  @Test func itBeginsAsALineBetweenVDMsEnds() throws {
    let schedule = LearnedLogSNR()
    for t in [0, 0.1, 0.5, 0.999, 1] {
      let (value, slope) = schedule(t)
      #expect(abs(value - (-13.3 + 18.3 * t)) < 1e-12 && abs(slope - 18.3) < 1e-10)
    }
    let table = try schedule.table()
    #expect(table.last == Timestep(1000))
    for t in [1, 2, 500, 1000] {
      let gamma = schedule(Double(t - 1) / 999).value
      let alphaBar = 1 / (1 + exp(gamma))
      #expect(abs(table.alphaBar(Timestep(t)) - alphaBar) < 1e-12)
    }
  }

  @Test func theSlopeIsTheDerivative() {
    let schedule = Self.learned(300)
    for k in 0..<100 {
      let t = (Double(k) + 0.5) / 100
      let difference = (schedule(t + 1e-4).value - schedule(t - 1e-4).value) / 2e-4
      #expect(abs(difference - schedule(t).slope) < 1e-6 * schedule(t).slope)
    }
    #expect(schedule(0).value == schedule.first && abs(schedule(1).value - schedule.last) < 1e-9)
  }

  /// Pixels that are normal with deviation s, under the best estimate there is of them: Eq. 17 is then
  /// ½ ln((1 + s² SNR(0)) / (1 + s² SNR(1))), whatever γ does between its ends.
  @Test(arguments: [0, 400]) func theBoundDependsOnTheEndsAlone(steps: Int) throws {
    let gamma = Self.learned(steps)
    let (count, nodes, deviation) = (4, 2000, 0.7)
    let moments = (0..<nodes).map { (Double($0) + 0.5) / Double(nodes) }
    let schedule = try gamma.schedule(at: moments)
    // The estimate is linear: four pairs with the second moments of pixels and noise are as good as all.
    let s = Float(deviation)
    let (x0, noise) = (FloatMemory([s, s, -s, -s]), FloatMemory([1, -1, 1, -1]))
    let (xt, output) = (FloatMemory(count: count), FloatMemory(count: count))
    let (target, gradient) = (FloatMemory(count: count), FloatMemory(count: count))
    var bits = 0.0
    for (index, moment) in moments.enumerated() {
      let t = Timestep(index: index)
      schedule.noised(at: t).apply(x0: x0.all, noise: noise.all, into: xt.all)
      let signal = schedule.alphaBar(t)
      let variance = signal * deviation * deviation + 1 - signal
      for i in 0..<count {
        output.all[i] = xt.all[i] * Float((1 - signal).squareRoot() / variance)
      }
      var example = Example(
        t, x0: x0.all, noise: noise.all, xt: xt.all, output: output.all, target: target.all,
        gradient: gradient.all, scale: 1 / Float(count), prediction: .noise, schedule: schedule,
        loss: 0)
      ContinuousLoss().evaluate(&example)
      bits += gamma(moment).slope * example.loss / Double(count * nodes)
    }
    func information(_ end: Double) -> Double { log1p(deviation * deviation * exp(-end)) / 2 }
    let expected = (information(gamma.first) - information(gamma.last)) / M_LN2
    #expect(abs(bits - expected) < 1e-4 * expected, "\(bits), \(expected)")
  }

  @Test func theLossVariesTheLeastWithTheLearnedSchedule() {
    func moments(_ schedule: LearnedLogSNR) -> (mean: Double, deviation: Double) {
      let values = (0..<1000).map { k in
        let (value, slope) = schedule((Double(k) + 0.5) / 1000)
        return slope * Self.loss(value)
      }
      let mean = values.reduce(0, +) / 1000
      return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1000).squareRoot())
    }
    let (before, after) = (moments(LearnedLogSNR()), moments(Self.learned(2000)))
    #expect(after.deviation < 0.3 * before.deviation, "\(before) to \(after)")
  }

  @Test func nothingMovesBeforeEveryPartHasItsLosses() {
    #expect(Self.learned(20).first == -13.3)
    #expect(Self.learned(60).first != -13.3)
  }

  /// Down where the network costs less than the decoder would save, up where it costs more.
  @Test(arguments: [(0.001, true), (0.4, false)])
  func theFirstEndFollowsTheBoundsGradient(loss: Double, goesDown: Bool) {
    var schedule = LearnedLogSNR(first: -12, last: 5)
    for step in 0..<100 {
      for part in 0..<100 { schedule.record(loss, at: (Double(part) + 0.5) / 100) }
      if step > 20 { schedule.adapt(rate: 1, Self.ends) }
    }
    #expect((schedule.first < -12) == goesDown, "\(schedule.first)")
  }

  @Test func filesKeepEveryBit() throws {
    let schedule = Self.learned(100)
    #expect(LearnedLogSNR(text: schedule.text) == schedule)
    for text in [
      "", "{}", schedule.text.replacingOccurrences(of: "\"first\":-", with: "\"first\":"),
    ] {
      #expect(LearnedLogSNR(text: text) == nil)
    }
  }
}

@Suite struct EndTermsTests {
  /// A black pixel has one neighbour that matters: E[ln(1 + exp(rε - r²/2))], r the distance in
  /// deviations.
  @Test func blackPixelsCostLittleAtVDMsEnd() {
    let r = 2.0 / 255 / exp(-13.3 / 2)
    let nats = (0..<16_000).reduce(0.0) { sum, node in
      let noise = -8 + (Double(node) + 0.5) / 1000
      return sum + log1p(exp(r * noise - r * r / 2)) * exp(-noise * noise / 2) / 1000
    }
    let expected = nats / (2 * Double.pi).squareRoot()
    let found = EndTerms(meanSquare: 1, edgeShare: 1).decoder(at: -13.3)
    #expect(abs(found - expected) < 1e-4 * expected, "\(found), \(expected)")
    #expect(found / M_LN2 < 0.006)
  }

  /// Where the noise is much wider than a level, a level more of its logarithm costs half a nat.
  @Test func theDecoderIsAsWideAsTheNoise() {
    let terms = EndTerms(meanSquare: 0.9, edgeShare: 0)
    #expect(abs(terms.decoderSlope(at: -6) - 0.5) < 0.01, "\(terms.decoderSlope(at: -6))")
    let deviation = exp(-3.0)
    let entropy = 0.5 * log(2 * Double.pi) + log(deviation / (2 / 255))
    // E[-ln p] with Σ_k exp(-k²d²/2s²) ≈ s√(2π)/d, and the value's own term e^{-ε²/2} of mean -1/2.
    #expect(
      abs(terms.decoder(at: -6) - entropy - 0.5) < 0.01, "\(terms.decoder(at: -6)) \(entropy)")
  }

  @Test(arguments: [-2.0, 0, 3, 5, 8])
  func thePriorsSlopeIsItsDerivative(last: Double) {
    let terms = EndTerms(meanSquare: 0.8, edgeShare: 0.5)
    func prior(_ last: Double) -> Double {
      let alphaBar = 1 / (1 + exp(last))
      return (alphaBar * (0.8 - 1) - log1p(-alphaBar)) / 2
    }
    let difference = (prior(last + 1e-4) - prior(last - 1e-4)) / 2e-4
    #expect(abs(terms.priorSlope(at: last) - difference) < 1e-7)
  }

  @Test func whatIsKnownOfTheImagesIsCounted() {
    let images = ByteImages(
      size: ImageSize(height: 1, width: 4, channels: 1), pixels: [0, 255, 51, 0])
    let x = 51 / 127.5 - 1
    let expected = EndTerms(meanSquare: (3 + x * x) / 4, edgeShare: 0.75)
    let found = EndTerms(of: images)
    #expect(abs(found.priorSlope(at: 1) - expected.priorSlope(at: 1)) < 1e-7)
    #expect(abs(found.decoder(at: -10) - expected.decoder(at: -10)) < 1e-9)
  }
}
