// The streams of random numbers. Their numbers must not change: they reproduce earlier models and
// samples.

package import Autograd

extension RandomStream {
  /// The order of the images in training.
  package static let shuffle = RandomStream(rawValue: 1)
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
  /// The noise that the optimal variance is estimated with: no network drops activations then, so that the
  /// number may be one of dropout's.
  static let imageVariance = RandomStream(rawValue: 8)
  /// Which images are held out where a data set has no test split: above all of dropout's streams.
  static let holdingOut = RandomStream(rawValue: 1 << 16)
  /// The noise of the images that shifts of the bottleneck are learned from, and their timesteps.
  static let bottleneck = RandomStream(rawValue: (1 << 16) + 1)
  /// What a student begins with when its critic learns its images.
  static let criticImages = RandomStream(rawValue: (1 << 16) + 2)
  /// The noise under which critic and teacher look at a student's images.
  static let matchingNoise = RandomStream(rawValue: (1 << 16) + 3)
  /// How much of it there is.
  static let matchingTimestep = RandomStream(rawValue: (1 << 16) + 4)
}
