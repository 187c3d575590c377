// What the cells' numbers are read against: real images, and the network that compares.

import Diffusion

/// The results of real images, and the features they were compared in.
struct Standard: Codable {
  let floor: ImageQuality
  /// nil where only pixels were compared.
  let extractor: Extractor?

  /// The network whose features are compared.
  struct Extractor: Codable {
    let dimension: Int
    let classes: Int
    /// The share of the test images whose labels it predicts; nil for a test split without labels.
    let accuracy: SampleMean?
    /// The data it was trained on.
    let data: String
  }

  init(_ metrics: QualityMetrics, test: Dataset, threads: Int) {
    floor = metrics.floor
    extractor = metrics.network.map { network in
      let features = network.features(of: test.images, threads: threads)
      return Extractor(
        dimension: features.values.count / features.count, classes: network.classes,
        accuracy: test.labels.map { features.accuracy($0) }, data: network.fingerprint)
    }
  }
}
