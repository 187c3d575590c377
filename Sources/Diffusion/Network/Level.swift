// One resolution of the U-Net: residual blocks, their attention, and the way to the next.

internal import Autograd

/// The blocks of one level.
struct Level: Sendable {
  /// What changes the resolution behind the blocks.
  enum Resampling: Sendable {
    case none
    /// A convolution of stride 2.
    case down(Convolution)
    /// Nearest-neighbour upsampling, then a convolution.
    case up(Convolution)
  }

  fileprivate let blocks: [ResidualBlock]
  /// One per block, or none; in the middle, one between the two blocks.
  fileprivate let attentions: [AttentionBlock]
  fileprivate let resampling: Resampling

  /// The way down: every result is kept for the way up.
  func descend(
    _ x: Tensor, _ e: Tensor, pushing skips: inout [Tensor], seed: UInt64, on tape: Tape
  ) -> Tensor {
    var h = x
    for (i, block) in blocks.enumerated() {
      h = block(ChannelConcatenation(h), embedding: e, seed: seed, on: tape)
      if i < attentions.count { h = attentions[i](h, on: tape) }
      skips.append(h)
    }
    if case .down(let convolution) = resampling {
      h = convolution(h, on: tape)
      skips.append(h)
    }
    return h
  }

  /// The middle: block, attention, block.
  func pass(_ x: Tensor, _ e: Tensor, seed: UInt64, on tape: Tape) -> Tensor {
    var h = x
    for (i, block) in blocks.enumerated() {
      h = block(ChannelConcatenation(h), embedding: e, seed: seed, on: tape)
      if i < attentions.count { h = attentions[i](h, on: tape) }
    }
    return h
  }

  /// The way up: every block also reads a result kept on the way down.
  func ascend(
    _ x: Tensor, _ e: Tensor, popping skips: inout [Tensor], seed: UInt64, on tape: Tape
  ) -> Tensor {
    var h = x
    for (i, block) in blocks.enumerated() {
      h = block(ChannelConcatenation(h, skips.removeLast()), embedding: e, seed: seed, on: tape)
      if i < attentions.count { h = attentions[i](h, on: tape) }
    }
    if case .up(let convolution) = resampling { h = convolution(tape.upsample(h), on: tape) }
    return h
  }
}

/// Builds the levels in the order of the forward pass, with diffusers' names.
struct LevelBuilder {
  private let configuration: UNetConfiguration
  private var widths: ArraySlice<(input: Int, output: Int)>
  private var layer = 0

  init(_ configuration: UNetConfiguration) {
    self.configuration = configuration
    widths = configuration.residualChannels[...]
  }

  mutating func down(_ index: Int, in layout: inout ParameterLayout) -> Level {
    let name = "down_blocks.\(index)"
    let channels = configuration.channels[index]
    let (blocks, attentions) = blocks(
      name, configuration.downBlocks[index], channels, count: configuration.layersPerBlock,
      in: &layout)
    var resampling = Level.Resampling.none
    if index < configuration.channels.count - 1 {
      resampling = .down(
        Convolution(
          "\(name).downsamplers.0.conv", inputs: channels, outputs: channels, stride: 2,
          padding: configuration.downsamplePadding == .symmetric ? .same : .bottomRight,
          in: &layout))
    }
    return Level(blocks: blocks, attentions: attentions, resampling: resampling)
  }

  mutating func up(_ index: Int, in layout: inout ParameterLayout) -> Level {
    let name = "up_blocks.\(index)"
    let channels = configuration.channels[configuration.channels.count - 1 - index]
    let (blocks, attentions) = blocks(
      name, configuration.upBlocks[index], channels, count: configuration.layersPerBlock + 1,
      in: &layout)
    var resampling = Level.Resampling.none
    if index < configuration.channels.count - 1 {
      resampling = .up(
        Convolution(
          "\(name).upsamplers.0.conv", inputs: channels, outputs: channels, in: &layout))
    }
    return Level(blocks: blocks, attentions: attentions, resampling: resampling)
  }

  mutating func middle(in layout: inout ParameterLayout) -> Level? {
    guard configuration.middle != .none, let channels = configuration.channels.last else {
      return nil
    }
    let scale = configuration.middleScale
    let blocks = (0..<2).map {
      block("mid_block.resnets.\($0)", channels, channels, scale: scale, in: &layout)
    }
    var attentions: [AttentionBlock] = []
    if configuration.middle == .attention {
      // With scale and shift, diffusers does not normalise this one attention's input.
      let groups =
        configuration.attentionNormGroups
        ?? (configuration.conditioning == .addition ? configuration.normGroups : nil)
      attentions.append(
        AttentionBlock(
          "mid_block.attentions.0", channels: channels, groups: groups, scale: scale,
          configuration, in: &layout))
    }
    return Level(blocks: blocks, attentions: attentions, resampling: .none)
  }

  private mutating func blocks(
    _ name: String, _ kind: UNetConfiguration.BlockKind, _ channels: Int, count: Int,
    in layout: inout ParameterLayout
  ) -> ([ResidualBlock], [AttentionBlock]) {
    var blocks: [ResidualBlock] = []
    var attentions: [AttentionBlock] = []
    for i in 0..<count {
      let width = widths.removeFirst()
      blocks.append(
        block("\(name).resnets.\(i)", width.input, width.output, scale: 1, in: &layout))
      if kind == .attention {
        attentions.append(
          AttentionBlock(
            "\(name).attentions.\(i)", channels: channels, groups: configuration.normGroups,
            scale: 1, configuration, in: &layout))
      }
    }
    return (blocks, attentions)
  }

  private mutating func block(
    _ name: String, _ inputs: Int, _ outputs: Int, scale: Double,
    in layout: inout ParameterLayout
  ) -> ResidualBlock {
    defer { layer += 1 }
    return ResidualBlock(
      name, inputs: inputs, outputs: outputs, scale: scale, layer: layer, configuration,
      in: &layout)
  }
}
