// A trained network together with the process it was trained for.

internal import Autograd

/// A model to sample from and to evaluate.
public struct DiffusionModel: Sendable {
  /// The network's shape.
  package let configuration: UNetConfiguration
  /// The forward process.
  public let schedule: NoiseSchedule
  /// What the network outputs.
  public let prediction: Prediction
  /// What becomes of estimates of x0 that leave the range of images.
  public let clipping: Clipping
  /// How its images are drawn by default.
  public let defaults: SamplingDefaults
  /// The size of its images.
  public let imageSize: ImageSize
  /// Keys of the folder's files that mean nothing to this program.
  package let ignoredKeys: [String]
  /// Settings of its scheduler that are not honoured to the letter, and what is taken for each.
  package let approximations: [String]

  let unet: UNet
  let parameters: Parameters

  init(
    _ unet: UNet, _ parameters: Parameters, schedule: NoiseSchedule, prediction: Prediction,
    clipping: Clipping, defaults: SamplingDefaults = SamplingDefaults(), imageSize: ImageSize,
    ignoredKeys: [String] = [], approximations: [String] = []
  ) {
    (self.unet, self.parameters) = (unet, parameters)
    configuration = unet.configuration
    (self.schedule, self.prediction, self.clipping) = (schedule, prediction, clipping)
    (self.defaults, self.imageSize) = (defaults, imageSize)
    (self.ignoredKeys, self.approximations) = (ignoredKeys, approximations)
  }

  /// How many classes its images are of, numbered from 0; nil for an unconditional model.
  public var classCount: Int? { configuration.labelCount }

  /// Whether the network also outputs the variance of a reverse step, for each value (Nichol and
  /// Dhariwal 2021, Eq. 15).
  public var learnsVariance: Bool { configuration.learnsVariance }

  /// How many numbers the network's parameters hold.
  public var parameterCount: Int { unet.layout.parameterCount }

  /// Floating-point operations of one image's forward pass: two per multiplication and addition of the
  /// convolutions, dense layers and attention.
  package var operationsPerImage: Int { unet.operations(size: imageSize) }

  /// The same process and settings with other weights.
  func with(_ parameters: Parameters) -> DiffusionModel {
    DiffusionModel(
      unet, parameters, schedule: schedule, prediction: prediction, clipping: clipping,
      defaults: defaults, imageSize: imageSize)
  }

  /// The weights, with what a backward pass derives from them.
  func trainableCopy(threads: Int) -> Parameters {
    let copy = Parameters(unet.layout)
    copy.values.copy(from: parameters.values)
    copy.markChanged()
    copy.derive(Workers(count: threads))
    return copy
  }

  /// The same network, drawn in another way by default.
  func drawn(by preference: SamplingPreference, clipping: Clipping) -> DiffusionModel {
    var defaults = defaults
    defaults.preference = preference
    return DiffusionModel(
      unet, parameters, schedule: schedule, prediction: prediction, clipping: clipping,
      defaults: defaults, imageSize: imageSize)
  }
}
