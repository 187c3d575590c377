// A run's folder: no run is lost by accident, nothing else is touched, the log is JSON lines.

import Diffusion
import Foundation
import Testing

@Suite struct RunFolderTests {
  private func save(_ text: String, _ path: String) throws {
    let url = URL(filePath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  @Test(arguments: [
    "model_index.json", "unet/config.json", "scheduler/scheduler_config.json", "metrics.jsonl",
  ])
  func aFolderWithAnyPartOfARunIsOccupied(part: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      try save("old", "\(path)/\(part)")
      let error = #expect(throws: OccupiedFolder.self) { try RunFolder(path, existing: .kept) }
      #expect(error?.description.hasPrefix("\(path) holds a run already") == true)
      #expect(try [UInt8](file: "\(path)/\(part)") == Array("old".utf8))
    }
  }

  @Test func replacingARunLeavesOtherFilesAlone() throws {
    try withTemporaryFolder { folder in
      let others = ["notes.txt", "data/train", "unet.txt", "unet/notes", "samples/mine.png"]
      let ours = [
        "model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
        "scheduler/scheduler_config.json", "metrics.jsonl", "samples/step-000100.png",
      ]
      for name in others + ours { try save(name, "\(folder)/\(name)") }
      let run = try RunFolder(folder, existing: .replaced)
      #expect(run.path == folder)
      for name in others { #expect(try [UInt8](file: "\(folder)/\(name)") == Array(name.utf8)) }
      #expect(!ours.contains { exists("\(folder)/\($0)") })
      #expect(exists("\(folder)/samples"))
    }
  }

  @Test func aFolderWithoutARunIsTakenAndAMissingOneIsMade() throws {
    try withTemporaryFolder { folder in
      try save("mine", folder + "/notes.txt")
      _ = try RunFolder(folder, existing: .kept)
      let deep = try RunFolder(folder + "/a/b/c", existing: .kept)
      #expect(deep.samples(step: 500) == folder + "/a/b/c/samples/step-000500.png")
      #expect(exists(folder + "/a/b/c/samples") && exists(folder + "/notes.txt"))
    }
  }

  @Test func aFileInTheWayIsNamed() throws {
    try withTemporaryFolder { folder in
      try save("file", folder + "/file")
      for path in [folder + "/file", folder + "/file/run"] {
        let error = #expect(throws: FileError.self) { try RunFolder(path, existing: .kept) }
        guard case .uncreatable? = error?.reason, error?.path == path else {
          Issue.record("\(String(describing: error))")
          continue
        }
      }
    }
  }

  @Test func everyRecordIsAJSONLine() throws {
    try withTemporaryFolder { folder in
      let run = try RunFolder(folder, existing: .kept)
      let trainer = try SmallTraining.trainer()
      let heldOut = HeldOutLoss(
        trainer.model, data: SmallTraining.images(2), count: 4, bins: 2, threads: 1)()
      for measurement in [nil, heldOut] {
        try run.log(
          MetricsRecord(
            step: trainer.step(of: 2), seconds: 1.5, imagesPerSecond: 20, heldOut: measurement))
      }
      let text = String(decoding: try [UInt8](file: folder + "/metrics.jsonl"), as: UTF8.self)
      #expect(text.hasSuffix("}\n"))
      let lines = try text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      let keys = [
        "step", "seconds", "loss", "gradient_norm", "learning_rate", "images_per_second",
      ]
      #expect(lines.count == 2 && Set(lines[0].keys) == Set(keys))
      #expect(Set(lines[1].keys) == Set(keys + ["held_out_loss", "held_out_by_timestep"]))
      #expect(lines.map { $0["step"] as? Int } == [1, 2])
      #expect(lines[1]["seconds"] as? Double == 1.5)
      // As text, because Foundation may read a number's last digit wrongly.
      let byTimestep = heldOut.byTimestep.map { "\($0)" }.joined(separator: ",")
      #expect(text.contains("\"held_out_by_timestep\":[\(byTimestep)]"))
    }
  }
}
