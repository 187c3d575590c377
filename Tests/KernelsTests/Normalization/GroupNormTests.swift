// Group normalisation and its gradients against the reference.

import Kernels
import TestSupport
import Testing

/// Pixels and channels around the vectors' widths, and more channels than four vectors hold; groups of one channel, of all, and between.
private let shapes = [
  (1, 7, 1), (2, 3, 3), (5, 8, 2), (9, 12, 4), (28, 16, 8), (35, 17, 17), (49, 31, 1), (14, 33, 3),
  (7, 48, 8), (63, 48, 16), (21, 80, 8), (35, 130, 10), (6, 256, 32), (70, 200, 25),
].map { NormalizationShape(pixels: $0.0, channels: $0.1, groups: $0.2, epsilon: 1e-5) }

/// An image off its centre, with a gradient, and the affine map.
private struct Sample {
  let x: [Float]
  let dy: [Float]
  let gamma: [Float]
  let beta: [Float]

  init(_ shape: NormalizationShape) {
    x = uniform(shape.count, bound: 2, seed: 1).map { $0 + 1 }
    dy = uniform(shape.count, seed: 2)
    gamma = uniform(shape.channels, bound: 1.5, seed: 3)
    beta = uniform(shape.channels, seed: 4)
  }
}

/// An image's channels in separate memory, slice by slice.
private struct Parts {
  let channels: [Range<Int>]
  let memory: [Guarded]

  /// - Parameter cut: the first channel of the second part; 0 for a single part.
  init(_ values: [Float], _ shape: NormalizationShape, cut: Int, isTarget: Bool = false) {
    channels = cut == 0 ? [0..<shape.channels] : [0..<cut, cut..<shape.channels]
    memory = channels.map { channels in
      let part = (0..<shape.pixels).flatMap { pixel in
        values[pixel * shape.channels..<(pixel + 1) * shape.channels].dropFirst(channels.lowerBound)
          .prefix(channels.count)
      }
      return isTarget ? Guarded(target: part) : Guarded(part)
    }
  }

  var parts: [ChannelSlice] { zip(memory, channels).map { ChannelSlice($0.floats, $1) } }

  /// The image joined.
  var values: [Float] {
    let parts = zip(memory.map { $0.values() }, channels.map(\.count))
    let pixels = memory[0].values().count / channels[0].count
    return (0..<pixels).flatMap { pixel in
      parts.flatMap { values, count in values[pixel * count..<(pixel + 1) * count] }
    }
  }
}

@Test(arguments: shapes, [Activation.identity, .silu])
func groupNormMatchesTheReference(shape: NormalizationShape, activation: Activation) {
  let sample = Sample(shape)
  // In one slice, and cut in the middle of a vector and, mostly, of a group.
  for cut in Set([0, shape.channels / 2 + shape.channels % 2]).subtracting([shape.channels]) {
    expectReference(shape, activation, sample, cut: cut)
  }
}

private func expectReference(
  _ shape: NormalizationShape, _ activation: Activation, _ sample: Sample, cut: Int
) {
  let (gamma, beta) = (Guarded(sample.gamma), Guarded(sample.beta))
  let x = Parts(sample.x, shape, cut: cut)
  let (y, statistics) = (Guarded(count: shape.count), Guarded(count: shape.statisticsCount))
  let scratch = Guarded(count: shape.scratchCount)
  groupNormForward(
    shape, x.parts, gamma: gamma.floats, beta: beta.floats, activation, into: y.floats,
    statistics: statistics.floats, scratch: scratch.floats)
  let expected = Reference.groupNorm(
    shape, sample.x.doubles, gamma: sample.gamma.doubles, beta: sample.beta.doubles, activation)
  // Roundings of 2⁻²⁴ of terms of at most 10: γ·x/deviation and γ·mean/deviation.
  expectClose(y.values(), expected, absolute: 3e-6, relative: 1e-6)

  let again = Guarded(count: shape.count)
  groupNormRecompute(
    shape, x.parts, gamma: gamma.floats, beta: beta.floats, activation,
    statistics: statistics.floats, into: again.floats)
  #expect(again.values() == y.values())

  let (replaced, added) = (
    Parts(sample.x.map { _ in .nan }, shape, cut: cut, isTarget: true),
    Parts(sample.dy, shape, cut: cut, isTarget: true)
  )
  let gradients = Reference.groupNormGradients(
    shape, sample.x.doubles, gamma: sample.gamma.doubles, beta: sample.beta.doubles, activation,
    dy: sample.dy.doubles)
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    let (dgamma, dbeta) = (Guarded(target: sample.beta), Guarded(target: sample.gamma))
    let dy = Guarded(target: sample.dy)
    let again = Guarded(count: shape.count)
    groupNormBackward(
      shape, x.parts, gamma: gamma.floats, beta: beta.floats, activation,
      statistics: statistics.floats, dy: dy.floats, again: again.floats,
      into: dx.memory.map { ($0.floats, accumulation) }, addedTo: dgamma.floats, dbeta.floats,
      scratch: scratch.floats)
    _ = dy.values()
    #expect(again.values() == y.values())
    // Sums of up to 70 terms of about 1.
    expectClose(
      dgamma.values(), zip(gradients.dgamma, sample.beta).map { $0 + Double($1) },
      absolute: 1e-5, relative: 1e-6)
    expectClose(
      dbeta.values(), zip(gradients.dbeta, sample.gamma).map { $0 + Double($1) },
      absolute: 1e-5, relative: 1e-6)
  }
  expectClose(replaced.values, gradients.dx, absolute: 5e-6, relative: 1e-5)
  expectClose(
    added.values, zip(gradients.dx, sample.dy).map { $0 + Double($1) },
    absolute: 5e-6, relative: 1e-5)
  _ = (statistics.values(), scratch.values())
}

/// x̂·scale + offset for one image.
private func normalized(
  _ shape: NormalizationShape, _ x: [Float], gamma: [Float], beta: [Float]
) -> [Float] {
  let (x, gamma, beta) = (Guarded(x), Guarded(gamma), Guarded(beta))
  let (y, statistics) = (Guarded(count: shape.count), Guarded(count: shape.statisticsCount))
  let scratch = Guarded(count: shape.scratchCount)
  groupNormForward(
    shape, [ChannelSlice(x.floats, 0..<shape.channels)], gamma: gamma.floats, beta: beta.floats,
    .identity, into: y.floats,
    statistics: statistics.floats, scratch: scratch.floats)
  return y.values()
}

@Test func aMeanFarFromZeroCostsNoMoreThanItsDigits() {
  // One pass, E[x²] - E[x]², would have lost the variance: 10⁶ has no digits left for 10⁻².
  let shape = NormalizationShape(pixels: 64, channels: 16, groups: 4, epsilon: 1e-5)
  let x = uniform(shape.count, bound: 0.1, seed: 1).map { $0 + 1000 }
  let y = normalized(
    shape, x, gamma: [Float](repeating: 1, count: 16), beta: [Float](repeating: 0, count: 16))
  // The mean is off by the roundings of the sums in it, 3e-5 each, times 1/deviation, 17: 1.5e-3 for
  // three of them. The mean's product with 1/deviation is rounded at 17,000, and without a fused
  // multiply-add so is that of x: 1e-3 each.
  expectClose(y, Reference.normalized(shape, x.doubles).values, absolute: 3.5e-3, relative: 0)
}

@Test func aConstantImageBecomesTheOffset() {
  let shape = NormalizationShape(pixels: 49, channels: 8, groups: 2, epsilon: 1e-5)
  let beta = eighths(8, seed: 1)
  let y = normalized(
    shape, [Float](repeating: 0.5, count: shape.count), gamma: eighths(8, seed: 2), beta: beta)
  // (0.5 - mean)/√ε: the mean's rounding, 3e-8, times 316.
  expectClose(y, (0..<shape.count).map { Double(beta[$0 % 8]) }, absolute: 2e-5, relative: 0)
}
