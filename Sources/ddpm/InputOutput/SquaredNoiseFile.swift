// The mean squared noise of a model, estimated once for the optimal variance and kept beside the model.

import Diffusion
import Foundation

/// A file in a model's folder.
struct SquaredNoiseFile: Codable {
  /// The model that it was estimated for.
  private let model: String
  private let squaredNoise: SquaredNoise

  private enum CodingKeys: String, CodingKey {
    case model
    case squaredNoise = "squared_noise"
  }

  /// Its name in the folder.
  static let name = "squared_noise.json"

  /// What is kept beside a model; made and kept where there is none of this model.
  ///
  /// - Throws: `SamplingError` where the model draws no images to estimate it from.
  static func squaredNoise(
    of model: DiffusionModel, in folder: String, threads: Int, _ progress: SharedProgress
  ) throws -> SquaredNoise {
    let path = Path.join(folder, name)
    let fingerprint = model.fingerprint
    if let data = try? Data(contentsOf: URL(filePath: path)),
      let file = try? JSONDecoder().decode(SquaredNoiseFile.self, from: data),
      file.model == fingerprint, file.squaredNoise.count == model.schedule.last.value
    {
      return file.squaredNoise
    }
    progress.say("optimal variance: the model's squared noise is estimated, once for this model")
    let clock = ContinuousClock.now
    let found = try model.squaredNoise(threads: threads) { share in
      progress.update(
        "\(percent(share)) of the squared noise  left \(left(share, since: clock).brief)")
    }
    let rounded = SquaredNoise(
      model.schedule.timesteps.map { (found[$0] * precision).rounded() / precision })
    do {
      let file = SquaredNoiseFile(model: fingerprint, squaredNoise: rounded)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      try AtomicFile.write(Array(try encoder.encode(file)), to: path)
      progress.say("kept in \(path.printable)")
    } catch {
      progress.say("ddpm: the squared noise is not kept: \(error)")
    }
    return rounded
  }

  /// Digits beyond these are chance, and a model that was just estimated draws as it will from the file.
  private static let precision = 1e9
}

extension ReverseVariance.Kind {
  /// The variance that the name means.
  ///
  /// - Parameter squaredNoise: estimates it for the optimal one.
  func variance(_ squaredNoise: () throws -> SquaredNoise) rethrows -> ReverseVariance {
    switch self {
    case .small: .small
    case .large: .large
    case .learned: .learned
    case .optimal: .optimal(try squaredNoise())
    }
  }
}
