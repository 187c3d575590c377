// The streams of random numbers. Their numbers must not change: they reproduce earlier models and
// samples.

internal import Autograd

extension RandomStream {
  /// The order of the images in training.
  static let shuffle = RandomStream(rawValue: 1)
  /// The timesteps of training and of likelihoods, and which classes are dropped.
  static let timestep = RandomStream(rawValue: 2)
  /// ε of the training's images.
  static let trainingNoise = RandomStream(rawValue: 3)
  /// x_T and the samplers' noise.
  static let sampling = RandomStream(rawValue: 4)
  /// The noise of measurements.
  static let evaluation = RandomStream(rawValue: 5)
  /// Which images the held-out loss is measured on.
  static let heldOut = RandomStream(rawValue: 6)
  /// The noise that the optimal variance is estimated with; 7 is the network's dropout.
  static let imageVariance = RandomStream(rawValue: 8)
}
