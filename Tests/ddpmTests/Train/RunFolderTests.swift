// A run's folder: one training at a time, no run is lost by accident, nothing else is touched.

import Diffusion
import Foundation
import TestSupport
import Testing
import ddpm

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
    "training/state.safetensors", "snapshots/step-000100/unet/config.json",
  ])
  func aFolderWithAnyPartOfARunIsOccupied(part: String) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      try save("old", "\(path)/\(part)")
      let error = #expect(throws: RunFolderError.self) { try RunFolder(path, existing: .kept) }
      let words = part == TrainingState.name ? "a run already" : "parts of a run already"
      #expect(error?.description.hasPrefix("\(path) holds \(words)") == true)
      #expect(try [UInt8](file: "\(path)/\(part)") == Array("old".utf8))
    }
  }

  @Test func replacingARunLeavesOtherFilesAlone() throws {
    try withTemporaryFolder { folder in
      let others =
        ["notes.txt", "data/train", "unet.txt", "unet/notes", "samples/mine.png"]
        + ["snapshots/best/unet/config.json", "snapshots/step-000100/evaluation/report.json"]
      let ours = [
        "model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
        "scheduler/scheduler_config.json", "metrics.jsonl", "samples/step-000100.png",
        "training/state.safetensors", "snapshots/step-000100/model_index.json",
        "snapshots/step-000100/unet/config.json", "snapshots/step-000200/unet/config.json",
      ]
      for name in others + ours { try save(name, "\(folder)/\(name)") }
      let run = try RunFolder(folder, existing: .replaced)
      #expect(run.path == folder)
      for name in others + ours { #expect(exists("\(folder)/\(name)"), "before the run begins") }
      try run.begin()
      for name in others { #expect(try [UInt8](file: "\(folder)/\(name)") == Array(name.utf8)) }
      #expect(!ours.contains { exists("\(folder)/\($0)") })
      #expect(exists("\(folder)/samples") && !exists("\(folder)/snapshots/step-000200"))
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

  @Test func aFolderIsOneTrainingsOnly() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      let run = try RunFolder(path, existing: .kept)
      for existing in [.kept, .replaced, .resumed] as [RunFolder.Existing] {
        #expect(throws: RunFolderError.busy(path: path)) {
          try RunFolder(path, existing: existing)
        }
        #expect(throws: RunFolderError.busy(path: path)) {
          try RunFolder.require(existing, at: path)
        }
      }
      withExtendedLifetime(run) {}
    }
  }

  @Test func theLockEndsWithTheTraining() throws {
    try withTemporaryFolder { folder in
      _ = try RunFolder(folder, existing: .kept)
      _ = try RunFolder(folder, existing: .kept)
    }
  }

  @Test func whatHasNoStateCannotBeResumed() throws {
    try withTemporaryFolder { folder in
      try save("a model", folder + "/model/model_index.json")
      for path in [folder + "/nothing", folder + "/model"] {
        let error = #expect(throws: RunFolderError.empty(path: path)) {
          try RunFolder(path, existing: .resumed)
        }
        #expect(error?.description.contains("begin one without --resume") == true)
      }
      #expect(!exists(folder + "/nothing") && !exists(folder + "/model/training"))
    }
  }
}
