// Which models cannot be distilled, and why.

/// A model that no student of few steps can learn from as it is.
public enum DistillationError: Error, Equatable, CustomStringConvertible {
  /// Its network predicts something that says nothing of the image at the noisiest timestep.
  case prediction(Prediction)
  /// Its network outputs a variance, which deterministic steps have none of.
  case learnedVariance

  /// One line: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .prediction(let prediction):
      "a network that predicts the \(prediction.rawValue) says nothing of the image where all is noise,"
        + " and there a student begins: distil a model that predicts the velocity or the sample"
    case .learnedVariance:
      "a network that also outputs a variance is not distilled: take one without"
    }
  }

  /// Makes sure that a model can be distilled.
  static func check(_ model: DiffusionModel) throws(DistillationError) {
    switch model.prediction {
    case .sample, .velocity: break
    case .noise, .mean: throw .prediction(model.prediction)
    }
    if model.learnsVariance { throw .learnedVariance }
  }
}
