// Adaptive normalisation: γ and β of one image, scaled and shifted by the timestep's embedding.

/// gamma' = γ·(1 + scale), beta' = β·(1 + scale) + shift.
///
/// - Parameters:
///   - modulation: [2·channels]: the scales, then the shifts.
///   - affine: [2·channels]: gamma', then beta'.
package func modulateForward(
  gamma: Floats, beta: Floats, modulation: Floats, into affine: Floats, channels: Int
) {
  gamma.require([channels], "gamma")
  beta.require([channels], "beta")
  modulation.require([2 * channels], "the modulation")
  affine.require([2 * channels], "the affine map")
  for c in 0..<channels {
    let scale = 1 + modulation.base[c]
    affine.base[c] = gamma.base[c] * scale
    affine.base[channels + c] = beta.base[c] * scale + modulation.base[channels + c]
  }
}

/// Gradients of `modulateForward`, given those of gamma' and beta', [2·channels].
///
/// - Parameters:
///   - dgamma: [channels], added to; so dbeta.
///   - dmodulation: [2·channels].
package func modulateBackward(
  gamma: Floats, beta: Floats, modulation: Floats, daffine: Floats, addedTo dgamma: Floats,
  _ dbeta: Floats, into dmodulation: Floats, _ accumulation: Accumulation, channels: Int
) {
  gamma.require([channels], "gamma")
  beta.require([channels], "beta")
  dgamma.require([channels], "dgamma")
  dbeta.require([channels], "dbeta")
  modulation.require([2 * channels], "the modulation")
  daffine.require([2 * channels], "the affine map's gradient")
  dmodulation.require([2 * channels], "dmodulation")
  if case .overwrite = accumulation { dmodulation.slice(0, 2 * channels).fill(0) }
  for c in 0..<channels {
    let scale = 1 + modulation.base[c]
    let (slope, offset) = (daffine.base[c], daffine.base[channels + c])
    dgamma.base[c] += slope * scale
    dbeta.base[c] += offset * scale
    dmodulation.base[c] += slope * gamma.base[c] + offset * beta.base[c]
    dmodulation.base[channels + c] += offset
  }
}
