// The network whose hidden values are compared instead of pixels: a small classifier.

internal import Autograd

/// Convolutions that halve the image until it is four pixels wide, then two dense layers.
struct FeatureLayers: Sendable {
  /// y = silu(norm(conv(x))).
  private struct Layer {
    let convolution: Convolution
    let norm: GroupNorm
  }

  let architecture: FeatureArchitecture
  let size: ImageSize
  let classes: Int
  let layout: ParameterLayout
  /// The layers of each resolution; the average of 2 x 2 pixels leads to the next.
  private let stages: [[Layer]]
  private let hidden: Dense
  private let hiddenNorm: GroupNorm
  private let output: Dense

  /// Channels of the stages; the last number holds for all further ones.
  private static let channels = [16, 32, 64]
  private static let normGroups = 8
  private static let normEpsilon = 1e-5
  /// Images are halved until neither side is longer than this.
  private static let leastSide = 4

  /// Layers for images of any size and any number of classes.
  init(_ architecture: FeatureArchitecture, size: ImageSize, classes: Int) {
    (self.architecture, self.size, self.classes) = (architecture, size, classes)
    var layout = ParameterLayout()
    var stages: [[Layer]] = []
    var (height, width, channels) = (size.height, size.width, size.channels)
    repeat {
      let number = stages.count
      let outputs = FeatureLayers.channels[min(number, FeatureLayers.channels.count - 1)]
      stages.append(
        (0..<architecture.convolutions).map { place in
          let name = place == 0 ? "stages.\(number)" : "stages.\(number).\(place)"
          return Layer(
            convolution: Convolution(
              "\(name).conv", inputs: place == 0 ? channels : outputs, outputs: outputs,
              in: &layout),
            norm: GroupNorm(
              "\(name).norm", channels: outputs, groups: FeatureLayers.normGroups,
              epsilon: FeatureLayers.normEpsilon, in: &layout))
        })
      (height, width, channels) = ((height + 1) / 2, (width + 1) / 2, outputs)
    } while max(height, width) > FeatureLayers.leastSide
    hidden = Dense(
      "hidden", inputs: height * width * channels, outputs: architecture.dimension, in: &layout)
    hiddenNorm = GroupNorm(
      "hidden.norm", channels: architecture.dimension, groups: 1,
      epsilon: FeatureLayers.normEpsilon, in: &layout)
    output = Dense("output", inputs: architecture.dimension, outputs: classes, in: &layout)
    self.stages = stages
    self.layout = layout
  }

  /// The tensors of a network that learns.
  struct TrainingGraph: Sendable {
    /// [N, H, W, C].
    let x: Tensor
    /// [N, 1, 1, 1], class numbers.
    let labels: Tensor
    /// [N, 1, 1, 1], the cross-entropies.
    let loss: Tensor
  }

  /// Records the network with its loss.
  func recordTraining(on tape: Tape) -> TrainingGraph {
    let x = input(tape)
    let labels = tape.input(Shape(channels: 1))
    let loss = tape.crossEntropy(run(x, on: tape).logits, labels: labels)
    tape.seal(result: loss)
    return TrainingGraph(x: x, labels: labels, loss: loss)
  }

  /// The tensors of a network that predicts.
  struct PredictionGraph: Sendable {
    /// [N, H, W, C].
    let x: Tensor
    /// [N, 1, 1, dimension + classes]: features, then logits.
    let result: Tensor
  }

  /// Records the network with its features and logits.
  func recordPrediction(on tape: Tape) -> PredictionGraph {
    let x = input(tape)
    let (features, logits) = run(x, on: tape)
    let result = tape.concatenate(ChannelConcatenation(features, logits))
    tape.seal(result: result)
    return PredictionGraph(x: x, result: result)
  }

  private func input(_ tape: Tape) -> Tensor {
    tape.input(Shape(height: size.height, width: size.width, channels: size.channels))
  }

  private func run(_ x: Tensor, on tape: Tape) -> (features: Tensor, logits: Tensor) {
    var h = x
    for stage in stages {
      for layer in stage {
        h = layer.norm(layer.convolution(h, on: tape), activation: .silu, on: tape)
      }
      h = tape.averagePool(h)
    }
    let features = hiddenNorm(hidden(h.flattened, on: tape), activation: .identity, on: tape)
    return (features, output(tape.silu(features), on: tape))
  }
}
