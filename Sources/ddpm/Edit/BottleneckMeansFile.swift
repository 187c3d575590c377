// Where the classes lie in h-space, learned once for a model and a data set and kept beside the model.

import Diffusion
import Foundation

/// A file in a model's folder.
enum BottleneckMeansFile {
  /// A file for each of the data and timesteps that directions were learned from.
  private static func name(_ notes: [Key: String]) -> String {
    let key = Key.allCases.map { notes[$0] ?? "" }.joined(separator: "; ")
    return "bottleneck_means-\(CRC32.text(of: Array(key.utf8)).lowercased()).safetensors"
  }
  private static let tensor = "means"

  /// Keys of the file's notes.
  private enum Key: String, CaseIterable {
    case program, model, data, timesteps
  }

  /// What is kept beside a model; learned and kept where there is none of this model, these data and
  /// these timesteps.
  ///
  /// - Throws: `FileError` for data without labels.
  static func means(
    of model: DiffusionModel, in folder: String, _ data: Dataset, at timesteps: [Timestep],
    threads: Int, _ progress: SharedProgress
  ) throws(FileError) -> BottleneckMeans {
    let classes = try data.classCount()
    let notes: [Key: String] = [
      .program: Tool.version, .model: model.fingerprint, .data: data.labelledFingerprint,
      .timesteps: timesteps.map(\.description).joined(separator: " "),
    ]
    let path = Path.join(folder, name(notes))
    if let file = try? Safetensors(contentsOf: path),
      Key.allCases.allSatisfy({ file.metadata[$0.rawValue] == notes[$0] }),
      let values = try? file.floats(tensor), values.count % (timesteps.count * classes) == 0
    {
      return BottleneckMeans(timesteps: timesteps, classCount: classes, values: values)
    }
    progress.say("directions between the classes: learned once for this model and these images")
    let clock = ContinuousClock.now
    let means = try model.bottleneckMeans(of: data, at: timesteps, threads: threads) { share in
      progress.update(
        "\(percent(share)) of the directions  left \(left(share, since: clock).brief)")
    }
    let shape = [timesteps.count, classes, means.values.count / (timesteps.count * classes)]
    let bytes = Safetensors.encode(
      [.init(tensor, shape: shape, .floats(means.values))],
      metadata: Dictionary(uniqueKeysWithValues: notes.map { ($0.rawValue, $1) }))
    do {
      try AtomicFile.write(bytes, to: path)
      progress.say("kept in \(path.printable)")
    } catch {
      progress.say("ddpm: the directions are not kept: \(error)")
    }
    return means
  }
}
