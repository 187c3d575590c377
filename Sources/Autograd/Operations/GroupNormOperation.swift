// Group normalisation with an optional modulation by the timestep and a fused activation.

internal import Kernels

/// y = act(γ·x̂ + β), or with a modulation act((γ·x̂ + β)·(1 + scale) + shift), where x̂ = (x -
/// mean)/deviation of the group (Wu & He 2018; Dhariwal & Nichol 2021 for the scale).
struct GroupNormOperation: RecomputingOperation {
  let geometry: NormalizationShape
  let gamma: Parameter
  let beta: Parameter
  let activation: Activation
  let x: ChannelConcatenation
  /// [N, 1, 1, 2·C]: scales, then shifts.
  let modulation: Tensor?
  let y: Tensor
  /// Means and inverse deviations.
  let statistics: Tensor

  var inputs: [Tensor] { x.tensors + [modulation].compactMap { $0 } }
  var outputs: [Tensor] { [y, statistics] }
  var kept: [Tensor] { x.tensors + [statistics] + [modulation].compactMap { $0 } }
  var recomputed: [Tensor] { [y] }
  /// Its kernel replaces dy by the gradient of the activation's argument.
  var overwritesGradient: Bool { activation == .silu }
  /// The kernel's own, then an image's affine map, then that map's gradient.
  var scratchCount: Int { affineOffset + 4 * channels }

  private var channels: Int { geometry.channels }
  private var affineOffset: Int { FloatMemory.aligned(geometry.scratchCount) }

  /// An image's channels.
  private func parts(_ tape: Tape, _ image: Int) -> [ChannelSlice] {
    x.parts.map { ChannelSlice(tape[$0.tensor, image], $0.channels) }
  }

  /// γ and β of one image, modulated.
  private func affineMap(_ tape: Tape, _ image: Int) -> (gamma: Floats, beta: Floats) {
    let (gamma, beta) = (tape.parameters[gamma], tape.parameters[beta])
    guard let modulation else { return (gamma, beta) }
    let map = tape.scratch.slice(affineOffset, 2 * channels)
    modulateForward(
      gamma: gamma, beta: beta, modulation: tape[modulation, image], into: map,
      channels: channels)
    return (map.slice(0, channels), map.slice(channels, channels))
  }

  func forward(_ tape: Tape) {
    for image in 0..<tape.images {
      let map = affineMap(tape, image)
      groupNormForward(
        geometry, parts(tape, image), gamma: map.gamma, beta: map.beta, activation,
        into: tape[y, image], statistics: tape[statistics, image], scratch: tape.scratch)
    }
  }

  func recompute(_ tape: Tape) {
    for image in 0..<tape.images {
      let map = affineMap(tape, image)
      groupNormRecompute(
        geometry, parts(tape, image), gamma: map.gamma, beta: map.beta, activation,
        statistics: tape[statistics, image], into: tape[y, image])
    }
  }

  func backward(_ tape: Tape) { backward(tape, again: nil) }

  func recomputingBackward(_ tape: Tape) { backward(tape, again: y) }

  private func backward(_ tape: Tape, again: Tensor?) {
    let dx = x.tensors.map(tape.gradientTargetOrSpare)
    let dmodulation = modulation.map(tape.gradientTargetOrSpare)
    let (dgamma, dbeta) = (tape.gradient(gamma), tape.gradient(beta))
    for image in 0..<tape.images {
      let map = affineMap(tape, image)
      var dmap = (dgamma, dbeta)
      let imageMap = tape.scratch.slice(affineOffset + 2 * channels, 2 * channels)
      if modulation != nil {
        imageMap.fill(0)
        dmap = (imageMap.slice(0, channels), imageMap.slice(channels, channels))
      }
      groupNormBackward(
        geometry, parts(tape, image), gamma: map.gamma, beta: map.beta, activation,
        statistics: tape[statistics, image], dy: tape.gradient(y, image: image),
        again: again.map { tape[$0, image] }, into: dx.map { ($0.image(image), $0.accumulation) },
        addedTo: dmap.0, dmap.1, scratch: tape.scratch)
      if let modulation, let dmodulation {
        modulateBackward(
          gamma: tape.parameters[gamma], beta: tape.parameters[beta],
          modulation: tape[modulation, image], daffine: imageMap, addedTo: dgamma, dbeta,
          into: dmodulation.image(image), dmodulation.accumulation, channels: channels)
      }
    }
  }
}
