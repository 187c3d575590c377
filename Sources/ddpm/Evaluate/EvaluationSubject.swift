// What is evaluated: a model, the data to compare with, and the metrics that these allow.

import Diffusion

/// A model with the data it is compared with.
struct EvaluationSubject {
  let model: DiffusionModel
  /// The model's folder.
  let path: String
  /// The requested metrics that can be measured.
  private(set) var metrics: [Metric]
  /// Metrics that were not asked for by name and cannot be measured, with the reason.
  private(set) var leftOut: [LeftOut] = []
  /// The test split, where a metric needs it.
  private(set) var test: Dataset?
  /// The training split, where a metric needs it.
  private(set) var training: Dataset?
  /// The guidance of the images; nil for none.
  let guidance: Guidance?
  /// The model's, where a row has the optimal variance.
  var imageVariance: ImageVariance?

  struct LeftOut {
    let metrics: [Metric]
    let reason: String
  }

  /// Reads the data that the metrics need.
  ///
  /// - Throws: whatever prevents the measurement of a metric that was asked for by name, and errors in
  ///   data that exist.
  init(
    _ model: DiffusionModel, _ path: String, _ settings: EvaluateSettings,
    guidance: Guidance? = nil
  ) throws {
    (self.model, self.path) = (model, path)
    self.guidance = guidance
    metrics = settings.metrics ?? Metric.usual
    // Metrics that were asked for by name were checked with the command line.
    for metric in metrics {
      if let obstacle = metric.excluded(by: settings) { leaveOut([metric], obstacle) }
    }
    if metrics.need(.test) { try readTest(settings) }
    if metrics.need(.training) { try readTraining(settings) }
  }

  private mutating func leaveOut(_ needs: Metric.Needs, _ reason: String) {
    leaveOut(metrics.filter { $0.needs.isSuperset(of: needs) }, reason)
  }

  private mutating func leaveOut(_ gone: [Metric], _ reason: String) {
    guard !gone.isEmpty else { return }
    metrics.removeAll(where: gone.contains)
    if let place = leftOut.firstIndex(where: { $0.reason == reason }) {
      leftOut[place] = LeftOut(metrics: leftOut[place].metrics + gone, reason: reason)
    } else {
      leftOut.append(LeftOut(metrics: gone, reason: reason))
    }
  }

  private mutating func readTest(_ settings: EvaluateSettings) throws {
    let test: Dataset
    do {
      test = try settings.data.load(
        .test, seed: settings.data.heldOutSeed(of: path, or: settings.seed))
    } catch let error as MissingInput where settings.metrics == nil && !settings.namesData {
      return leaveOut(.test, error.description)
    }
    guard test.images.size == model.imageSize else {
      throw FileError(
        path: test.name,
        .invalid(
          "its images are \(test.images.size), the model's \(model.imageSize);"
            + " take the data it was trained on, or --metrics time"))
    }
    if let classes = model.classCount { try test.checkLabels(below: classes) }
    guard test.images.count > 0 else {
      throw FileError(path: test.name, .invalid("holds no test images"))
    }
    self.test = test
  }

  private mutating func readTraining(_ settings: EvaluateSettings) throws {
    guard let test else { return }
    let isFree = settings.metrics == nil
    let training: Dataset
    do {
      training = try settings.data.load(
        .train, seed: settings.data.heldOutSeed(of: path, or: settings.seed))
    } catch let error as MissingInput where isFree {
      return leaveOut(.training, error.description)
    }
    try test.checkSize(matches: training)
    guard training.images.count > 0 else {
      throw FileError(path: training.name, .invalid("holds no training images"))
    }
    self.training = training
    if metrics.need(.features) {
      do {
        try EvaluationSubject.checkFeatures(training, test)
      } catch {
        guard isFree else { throw error }
        leaveOut(.features, error.description)
      }
    }
  }

  /// Checks that features can be learned and that there are enough images to compare.
  private static func checkFeatures(_ training: Dataset, _ test: Dataset) throws(FileError) {
    _ = try FeatureNetwork.labels(of: training)
    let least = QualityMetrics.leastCount
    for (split, name) in [(training, "training"), (test, "test")] where split.images.count < least {
      let reason = "has \(split.images.count) \(name) images; comparing takes \(least) or more"
      throw FileError(path: split.name, .invalid(reason))
    }
  }
}

extension EvaluationSubject.LeftOut: CustomStringConvertible {
  var description: String {
    "\(metrics.names) \(metrics.count == 1 ? "is" : "are") left out: \(reason)"
  }
}
