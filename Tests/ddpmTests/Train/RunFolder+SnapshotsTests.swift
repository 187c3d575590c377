// `ddpm train --keep-every`: models that stay, whole ones only.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct RunFolderSnapshotsTests {
  private let workspace: Workspace
  init() throws { workspace = try Workspace() }

  private func train(_ words: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["train", "--data", try workspace.makeData(), "--preset", "tiny", "--batch", "4"]
        + ["--sample-every", "0", "--quiet", "--out", workspace.path("run")] + words)
  }

  private func resume(_ words: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(["train", "--resume", "--quiet", "--out", workspace.path("run")] + words)
  }

  private var kept: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: workspace.path("run/snapshots")).sorted()
    }
  }

  private func weights(_ step: Int) -> String {
    "run/snapshots/step-00000\(step)/\(PipelineFolder.Name.weightsPath)"
  }

  @Test func aModelIsKeptEverySoManyStepsAndDrawnFrom() throws {
    #expect(try train("--steps", "5", "--keep-every", "2").code == 0)
    #expect(try kept == ["step-000002", "step-000004"])
    #expect(try workspace.bytes(weights(2)) != workspace.bytes(weights(4)))
    let result = try BuiltTool.run([
      "sample", "--model", workspace.path("run/snapshots/step-000004"), "--steps", "2", "--count",
      "2", "--quiet", "--out", workspace.path("drawn.npy"),
    ])
    #expect(result.code == 0 && workspace.exists("drawn.npy"))
  }

  @Test func theLastKeptModelIsTheRuns() throws {
    #expect(try train("--steps", "4", "--keep-every", "4", "--save-every", "3").code == 0)
    for name in PipelineFolder.Name.all {
      let path = "run/snapshots/step-000004/\(name)"
      #expect(try workspace.bytes(path) == workspace.bytes("run/\(name)"), "\(name)")
    }
  }

  @Test func withoutTheFlagNothingIsKept() throws {
    #expect(try train("--steps", "1").code == 0 && !workspace.exists("run/snapshots"))
    #expect(try train("--steps", "1", "--keep-every", "0", "--overwrite").code == 0)
    #expect(!workspace.exists("run/snapshots"))
  }

  @Test func aResumptionKeepsOnWithoutTouchingWhatIsKept() throws {
    #expect(try train("--steps", "4", "--keep-every", "2").code == 0)
    try workspace.write("as it was", to: weights(2))
    try workspace.write("as it was", to: weights(4))
    #expect(try resume("--steps", "7").code == 0)
    #expect(try kept == ["step-000002", "step-000004", "step-000006"])
    #expect(try resume("--steps", "8", "--keep-every", "8").code == 0)
    #expect(try kept == ["step-000002", "step-000004", "step-000006", "step-000008"])
    for step in [2, 4] { #expect(try workspace.bytes(weights(step)) == Array("as it was".utf8)) }
  }

  @Test(arguments: PipelineFolder.Name.all) func aHalfWrittenModelIsWrittenAgain(part: String)
    throws
  {
    #expect(try train("--steps", "3", "--keep-every", "3").code == 0)
    let whole = try workspace.bytes(weights(3))
    try workspace.remove("run/snapshots/step-000003/\(part)")
    #expect(try resume().code == 0)
    #expect(try workspace.bytes(weights(3)) == whole)
    #expect(workspace.exists("run/snapshots/step-000003/\(part)"))
  }

  /// Files are written in this order, each at once.
  @Test func whatAnInterruptionLeavesOpensOnlyWhereItIsWhole() throws {
    let model = try workspace.makeModel()
    for count in 0...PipelineFolder.Name.all.count {
      let folder = workspace.path("cut\(count)")
      for name in PipelineFolder.Name.all.prefix(count) {
        let file = URL(filePath: workspace.path("model/\(name)"))
        try workspace.copy(file, to: "cut\(count)/\(name)")
      }
      let opened = try? DiffusionModel(folder: folder)
      #expect(opened == nil || opened?.fingerprint == model.fingerprint, "\(count) files")
      #expect((opened == nil) == (count < 3), "\(count) files")
    }
  }

  @Test func aFolderThatCannotBeMadeIsReportedBeforeTheFirstStep() throws {
    try workspace.write("a file", to: "run/snapshots")
    try train("--steps", "100000", "--keep-every", "1")
      .expectRefusal(73, workspace.path("run/snapshots"), "cannot be created")
  }
}
