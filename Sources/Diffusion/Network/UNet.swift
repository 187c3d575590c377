// The network: down through ever smaller images, up again, with skip connections across.

package import Autograd

/// diffusers' `UNet2DModel`: the layers, without values; a `Parameters` holds those.
package struct UNet: Sendable {
  package let configuration: UNetConfiguration
  /// The parameters' names, in the order of the layers.
  package let layout: ParameterLayout

  package let embedding: SinusoidalEmbedding
  private let timeIn: Dense
  private let timeOut: Dense
  private let classes: Embedding?
  private let convIn: Convolution
  private let down: [Level]
  private let middle: Level?
  private let up: [Level]
  private let normOut: GroupNorm
  private let convOut: Convolution

  /// - Throws: `ConfigurationError` where the shape makes no network.
  package init(_ configuration: UNetConfiguration) throws(ConfigurationError) {
    try configuration.validate()
    self.configuration = configuration
    var layout = ParameterLayout()
    let channels = configuration.channels
    let width = configuration.embeddingWidth
    embedding = SinusoidalEmbedding(configuration)
    convIn = Convolution(
      "conv_in", inputs: configuration.inChannels * (1 + 2 * configuration.fourierFeatures.count),
      outputs: channels[0], in: &layout)
    timeIn = Dense("time_embedding.linear_1", inputs: channels[0], outputs: width, in: &layout)
    timeOut = Dense("time_embedding.linear_2", inputs: width, outputs: width, in: &layout)
    classes = configuration.classes.map {
      Embedding("class_embedding", rows: $0, columns: width, in: &layout)
    }
    var builder = LevelBuilder(configuration)
    down = channels.indices.map { builder.down($0, in: &layout) }
    middle = builder.middle(in: &layout)
    up = channels.indices.map { builder.up($0, in: &layout) }
    normOut = GroupNorm(
      "conv_norm_out", channels: channels[0], groups: configuration.normGroups,
      epsilon: configuration.normEpsilon, in: &layout)
    convOut = Convolution(
      "conv_out", inputs: channels[0], outputs: configuration.outChannels, start: .small,
      in: &layout)
    self.layout = layout
  }

  /// The input and output tensors of a recorded network.
  package struct Graph: Sendable {
    /// The noisy images, [N, H, W, inChannels].
    package let x: Tensor
    /// The timesteps' waves, [N, 1, 1, channels[0]].
    package let waves: Tensor
    /// The classes' numbers, [N, 1, 1, 1], of a conditional network.
    package let classes: Tensor?
    /// The prediction, [N, H, W, outChannels].
    package let output: Tensor
    /// The waves of a timestep.
    package let embedding: SinusoidalEmbedding
    /// The activations between the way down and the way up, where they were asked for.
    package let bottleneck: Bottleneck?
  }

  /// The space of the bottleneck's activations (h-space; Kwon et al. 2023): what they are, and what is
  /// added to them, [N, h, w, C] both.
  package struct Bottleneck: Sendable {
    package let value: Tensor
    package let shift: Tensor
  }

  /// Records the network for images of a size and lays out the tape's memory.
  ///
  /// - Parameters:
  ///   - seed: of the dropout masks.
  ///   - differentiable: whether the gradient with respect to the images is wanted.
  ///   - opensBottleneck: whether the bottleneck's activations can be read and shifted.
  package func record(
    on tape: Tape, _ resolution: UNetConfiguration.Resolution, seed: UInt64 = 0,
    differentiable: Bool = false, opensBottleneck: Bool = false
  ) -> Graph {
    let x = tape.input(
      Shape(
        height: resolution.height, width: resolution.width, channels: configuration.inChannels),
      differentiable: differentiable)
    let waves = tape.input(Shape(channels: configuration.channels[0]))
    let numbers = classes.map { _ in tape.input(Shape(channels: 1)) }

    var e = timeOut(tape.silu(timeIn(waves, on: tape)), on: tape)
    if let classes, let numbers { e = classes(e, classes: numbers, on: tape) }
    e = tape.silu(e)

    let centred = configuration.centersInput ? tape.affine(x, scale: 2, offset: -1) : x
    var h = convIn(
      tape.fourierFeatures(centred, exponents: configuration.fourierFeatures), on: tape)
    var skips = [h]
    for level in down { h = level.descend(h, e, pushing: &skips, seed: seed, on: tape) }
    if let middle { h = middle.pass(h, e, seed: seed, on: tape) }
    var bottleneck: Bottleneck?
    if opensBottleneck {
      tape.keep(h)
      let open = Bottleneck(value: h, shift: tape.input(h.shape, differentiable: true))
      h = tape.add(h, open.shift)
      bottleneck = open
    }
    for level in up { h = level.ascend(h, e, popping: &skips, seed: seed, on: tape) }
    let output = convOut(normOut(h, activation: .silu, on: tape), on: tape)
    tape.seal(result: output)
    return Graph(
      x: x, waves: waves, classes: numbers, output: output, embedding: embedding,
      bottleneck: bottleneck)
  }
}

extension UNet {
  /// The same network as it is used: what training drops is there.
  var withoutDropout: UNet {
    var configuration = configuration
    configuration.dropout = 0
    guard let unet = try? UNet(configuration) else {
      preconditionFailure("the network without dropout is none")
    }
    return unet
  }
}

extension UNetConfiguration {
  /// How many numbers the bottleneck's activations are for an image of a size: h·w·C.
  func bottleneckValues(_ size: ImageSize) -> Int {
    let halvings = channels.count - 1
    return (size.height >> halvings) * (size.width >> halvings) * channels[halvings]
  }

  /// Channels of the timestep's embedding behind its two dense layers.
  var embeddingWidth: Int { embeddingChannels ?? 4 * channels[0] }
}
