// The modulated affine map and its gradients, exactly.

import Kernels
import TestSupport
import Testing

/// Operands in eighths: products of two and sums of four are exact.
private struct Sample {
  let gamma: Guarded
  let beta: Guarded
  let modulation: Guarded
  let daffine: Guarded

  init(_ channels: Int) {
    gamma = Guarded(eighths(channels, seed: 1))
    beta = Guarded(eighths(channels, seed: 2))
    modulation = Guarded(eighths(2 * channels, seed: 3))
    daffine = Guarded(eighths(2 * channels, seed: 4))
  }
}

@Test(arguments: awkwardChannels)
func modulationScalesAndShiftsTheAffineMap(channels: Int) {
  let (sample, map) = (Sample(channels), Guarded(count: 2 * channels))
  modulateForward(
    gamma: sample.gamma.floats, beta: sample.beta.floats, modulation: sample.modulation.floats,
    into: map.floats, channels: channels)
  let modulation = sample.modulation.values().doubles
  let expected = (sample.gamma.values() + sample.beta.values()).doubles.enumerated().map {
    i, value in
    value * (1 + modulation[i % channels]) + (i < channels ? 0 : modulation[i])
  }
  expectExact(map.values(), expected)
}

@Test(arguments: awkwardChannels)
func modulationGradientsFollowTheChainRule(channels: Int) {
  let sample = Sample(channels)
  let earlier = eighths(2 * channels, seed: 5)
  let (replaced, added) = (Guarded(count: 2 * channels), Guarded(target: earlier))
  let (dgamma, dbeta) = (Guarded(count: channels), Guarded(count: channels))
  for (dmodulation, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    dgamma.floats.copy(from: earlier.prefix(channels).map { $0 })
    dbeta.floats.copy(from: earlier.suffix(channels).map { $0 })
    modulateBackward(
      gamma: sample.gamma.floats, beta: sample.beta.floats, modulation: sample.modulation.floats,
      daffine: sample.daffine.floats, addedTo: dgamma.floats, dbeta.floats,
      into: dmodulation.floats, accumulation, channels: channels)
  }
  let (gamma, beta) = (sample.gamma.values().doubles, sample.beta.values().doubles)
  let (modulation, daffine) = (
    sample.modulation.values().doubles, sample.daffine.values().doubles
  )
  let affine = (0..<2 * channels).map {
    Double(earlier[$0]) + daffine[$0] * (1 + modulation[$0 % channels])
  }
  expectExact(dgamma.values() + dbeta.values(), affine)
  let scales = (0..<channels).map {
    daffine[$0] * gamma[$0] + daffine[channels + $0] * beta[$0]
  }
  let expected = scales + daffine.suffix(channels)
  expectExact(replaced.values(), expected)
  expectExact(added.values(), zip(expected, earlier.doubles).map { $0 + $1 })
}
