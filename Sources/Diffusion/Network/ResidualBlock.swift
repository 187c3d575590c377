// The U-Net's residual block: two normalised convolutions, conditioned on the timestep in between.

internal import Autograd

/// h = conv1(silu(norm1(x))); h = conv2(dropout(silu(norm2(h, e)))); (shortcut(x) + h) / scale, with
/// e a projection of the timestep's and the class's embedding (Ho et al. 2020, appendix B).
struct ResidualBlock: Sendable {
  private let norm1: GroupNorm
  private let conv1: Convolution
  private let projection: Dense
  private let norm2: GroupNorm
  private let conv2: Convolution
  private let shortcut: Convolution?
  private let conditioning: UNetConfiguration.Conditioning
  private let scale: Double
  private let dropout: (rate: Float, layer: Int)

  /// - Parameters:
  ///   - name: what its parameters' names start with.
  ///   - scale: what the result is divided by.
  ///   - layer: the block's number in the network, for its dropout.
  init(
    _ name: String, inputs: Int, outputs: Int, scale: Double, layer: Int,
    _ configuration: UNetConfiguration, in layout: inout ParameterLayout
  ) {
    let (groups, epsilon) = (configuration.normGroups, configuration.normEpsilon)
    conditioning = configuration.conditioning
    self.scale = scale
    dropout = (Float(configuration.dropout), layer)
    norm1 = GroupNorm(
      "\(name).norm1", channels: inputs, groups: groups, epsilon: epsilon, in: &layout)
    conv1 = Convolution("\(name).conv1", inputs: inputs, outputs: outputs, in: &layout)
    projection = Dense(
      "\(name).time_emb_proj", inputs: configuration.embeddingWidth,
      outputs: conditioning == .addition ? outputs : 2 * outputs, in: &layout)
    norm2 = GroupNorm(
      "\(name).norm2", channels: outputs, groups: groups, epsilon: epsilon, in: &layout)
    // As Ho et al. begin: at first a block's result is that of its shortcut.
    conv2 = Convolution(
      "\(name).conv2", inputs: outputs, outputs: outputs, start: .small, in: &layout)
    shortcut =
      inputs == outputs
      ? nil
      : Convolution(
        "\(name).conv_shortcut", inputs: inputs, outputs: outputs, side: 1, in: &layout)
  }

  /// - Parameters:
  ///   - x: [N, H, W, inputs] together.
  ///   - embedding: [N, 1, 1, E], SiLU already applied.
  ///   - seed: of the dropout masks.
  /// - Returns: [N, H, W, outputs].
  func callAsFunction(_ x: ChannelConcatenation, embedding: Tensor, seed: UInt64, on tape: Tape)
    -> Tensor
  {
    let e = projection(embedding, on: tape)
    var h = norm1(x, activation: .silu, on: tape)
    switch conditioning {
    case .addition:
      h = conv1(h, row: e, on: tape)
      h = norm2(h, activation: .silu, on: tape)
    case .scaleShift:
      h = conv1(h, on: tape)
      h = norm2(h, modulation: e, activation: .silu, on: tape)
    }
    h = tape.dropout(h, rate: dropout.rate, seed: seed, layer: dropout.layer)
    let skip = shortcut.map { $0(x, on: tape) } ?? tape.concatenate(x)
    h = conv2(h, residual: skip, on: tape)
    return scale == 1 ? h : tape.affine(h, scale: Float(1 / scale))
  }
}
