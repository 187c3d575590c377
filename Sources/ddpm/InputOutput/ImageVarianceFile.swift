// The image variance of a model, estimated once for the optimal variance and kept beside the model.

import Diffusion
import Foundation

/// A file in a model's folder.
struct ImageVarianceFile: Codable {
  /// The program that estimated it, and the model it was estimated for.
  private let program: String
  private let model: String
  private let imageVariance: ImageVariance

  private enum CodingKeys: String, CodingKey {
    case program, model
    case imageVariance = "image_variance"
  }

  /// Its name in the folder, for each kind of weights.
  static func name(_ weights: DiffusionModel.Weights) -> String {
    switch weights {
    case .ema: "image_variance.json"
    case .raw: "image_variance_raw.json"
    }
  }

  /// What is kept beside a model; made and kept where there is none of this model.
  ///
  /// - Throws: `SamplingError` where the model draws no images to estimate it from.
  static func imageVariance(
    of model: DiffusionModel, in folder: String, weights: DiffusionModel.Weights = .ema,
    threads: Int, _ progress: SharedProgress
  ) throws -> ImageVariance {
    let path = Path.join(folder, name(weights))
    let fingerprint = model.fingerprint
    if let bytes = try? readFile(path),
      let file = try? JSONDecoder().decode(ImageVarianceFile.self, from: Data(bytes)),
      file.program == Tool.version, file.model == fingerprint,
      file.imageVariance.count == model.schedule.last.value
    {
      return file.imageVariance
    }
    progress.say("optimal variance: estimated once for this model")
    let clock = ContinuousClock.now
    let found = try model.imageVariance(threads: threads) { share in
      progress.update(
        "\(percent(share)) of the optimal variance  left \(left(share, since: clock).brief)")
    }
    // The digits that the file keeps are those that are used now, so that both draw the same images.
    let rounded = ImageVariance(
      model.schedule.timesteps.map { (found[$0] * precision).rounded() / precision })
    do {
      let file = ImageVarianceFile(
        program: Tool.version, model: fingerprint, imageVariance: rounded)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      try AtomicFile.write(Array(try encoder.encode(file)), to: path)
      progress.say("kept in \(path.printable)")
    } catch {
      progress.warn("the optimal variance is not kept: \(error)")
    }
    return rounded
  }

  /// Digits beyond these are chance.
  private static let precision = 1e8
}

extension ReverseVariance.Kind {
  /// The variance that the name means.
  ///
  /// - Parameter imageVariance: the model's, for the optimal one.
  func variance(_ imageVariance: () throws -> ImageVariance) rethrows -> ReverseVariance {
    switch self {
    case .small: .small
    case .large: .large
    case .learned: .learned
    case .optimal: .optimal(try imageVariance())
    }
  }
}

extension DiffusionModel {
  /// A table of the right length that nothing is drawn with.
  var largestImageVariance: ImageVariance { ImageVariance(schedule.timesteps.map { _ in 1 }) }
}

extension ImageVariance {
  /// What identifies its numbers in the keys of results.
  var fingerprint: String {
    CRC32.text(of: (1...count).flatMap { Array("\(self[Timestep($0)]) ".utf8) })
  }
}
