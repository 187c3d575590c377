// Which classifiers' features images can be compared in.

/// How the feature network is built, and the seed it is trained with.
///
/// Distances in the features of one network may favour what was chosen by them. A second network, of another
/// architecture and another seed, tells whether a difference is one between the images.
public enum FeatureArchitecture: String, CaseIterable, Codable, Sendable {
  /// One convolution per resolution, 64 features.
  case shallow
  /// Two convolutions per resolution, 128 features.
  case deep

  /// How many features an image has.
  public var dimension: Int {
    switch self {
    case .shallow: 64
    case .deep: 128
    }
  }

  /// How many convolutions follow each other at each resolution.
  var convolutions: Int {
    switch self {
    case .shallow: 1
    case .deep: 2
    }
  }

  /// The seed of the first weights and of the order of the images.
  var seed: UInt64 {
    switch self {
    case .shallow: 0
    case .deep: 1
    }
  }

  /// Changes with the layers and with how they are trained: features of two recipes do not compare.
  var recipe: String {
    switch self {
    case .shallow: "1"
    case .deep: "deep 1"
    }
  }
}
