// The models of a training that are kept for good: a pipeline's folder each.

import Diffusion
import Foundation

extension RunFolder {
  private static let snapshotsName = "snapshots"
  private var snapshots: String { below(RunFolder.snapshotsName) }

  /// Where the model after a step is kept.
  package func snapshot(step: Int) -> String {
    Path.join(snapshots, RunFolder.name(ofStep: step))
  }

  /// Makes the folder that the models go to: where it cannot be made is said before the training.
  ///
  /// - Throws: `FileError`.
  package func createSnapshots() throws(FileError) { try createFolder(snapshots) }

  /// Whether all of the model after a step is kept.
  package func isKept(step: Int) -> Bool {
    PipelineFolder.Name.all.allSatisfy { Path.exists(Path.join(snapshot(step: step), $0)) }
  }

  /// Keeps the model after a step. What an interruption leaves of its folder opens as no model, as
  /// the files come in the order of `PipelineFolder.Name.all`, and the next write completes it.
  ///
  /// - Throws: `FileError`.
  package func keep(_ model: DiffusionModel, step: Int) throws(FileError) {
    let folder = snapshot(step: step)
    try model.save(to: folder)
    try AtomicFile.sync(folder: snapshots, path: folder)
  }

  /// The files of kept models in a run's folder; those that make a folder a model come first.
  static func snapshotFiles(in path: String) throws(FileError) -> [String] {
    try snapshotFolders(in: path).flatMap { folder in
      (PipelineFolder.Name.all.reversed() + [ImageVarianceFile.name(.ema)])
        .map { Path.join(folder, $0) }.filter(Path.exists)
    }
  }

  /// Removes the folders of kept models as far as they are empty: what others put there stays.
  static func removeEmptySnapshots(in path: String) throws(FileError) {
    for folder in try snapshotFolders(in: path) {
      for part in Set(PipelineFolder.Name.all.map { Path.parent(of: Path.join(folder, $0)) }) {
        if part != folder { rmdir(part) }
      }
      rmdir(folder)
    }
  }

  private static func snapshotFolders(in path: String) throws(FileError) -> [String] {
    let folder = Path.join(path, snapshotsName)
    return try Path.entries(of: folder).filter { $0.hasPrefix(stepPrefix) }.map {
      Path.join(folder, $0)
    }
  }
}
