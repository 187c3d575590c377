// `ddpm train` with the bound, the hybrid and weights: what is trained, kept, gone on with and refused.

import Diffusion
import Foundation
import Testing

@Suite struct ObjectiveCommandTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
  }

  private func train(_ run: String, _ words: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["train", "--data", workspace.path("data"), "--batch", "8", "--sample-every", "0"]
        + ["--out", workspace.path(run), "--threads", "1"] + words)
  }

  @Test func aHybridsModelDrawsWithItsOwnVarianceAndHasItsBits() throws {
    let words = ["--preset", "tiny", "--timesteps", "10"]
    let result = try train(
      "run", words[0], words[1], words[2], words[3], "--loss", "hybrid", "--steps", "3")
    #expect(result.code == 0, "\(result.messages)")
    #expect(result.messages.contains("predicts the velocity and the variance; L_hybrid"))
    let model = try DiffusionModel(folder: workspace.path("run"))
    #expect(model.learnsVariance && model.defaults.variance == .learned)
    let scheduler = try workspace.bytes("run/scheduler/scheduler_config.json")
    #expect(
      String(decoding: scheduler, as: UTF8.self).contains(#""variance_type": "learned_range""#))
    let sampled = try BuiltTool.run([
      "sample", "--model", workspace.path("run"), "--sampler", "ddpm", "--count", "2", "--out",
      workspace.path("a.png"),
    ])
    #expect(sampled.code == 0, "\(sampled.messages)")
    #expect(try PNGChunks(workspace.bytes("a.png")).texts["variance"] == "learned")
    let evaluated = try BuiltTool.run([
      "evaluate", "--model", workspace.path("run"), "--data", workspace.path("data"), "--metrics",
      "bpd", "--count", "4", "--out", workspace.path("report"),
    ])
    #expect(evaluated.code == 0 && evaluated.output.contains("learned"), "\(evaluated.messages)")
    try train("plain", "--from", workspace.path("run"), "--steps", "1")
      .expectRefusal(65, "outputs a variance too")
    #expect(
      try train("fine", "--from", workspace.path("run"), "--steps", "1", "--loss", "hybrid").code
        == 0)
  }

  /// The bound draws its timesteps by importance; two trainings that are gone on with, on any number of
  /// threads, end with the same bytes.
  @Test func theBoundGoesOnToTheSameBytes() throws {
    func begin(_ run: String, _ steps: String) throws -> BuiltTool.Result {
      try train(
        run, "--preset", "tiny", "--timesteps", "2", "--loss", "bound", "--learn-variance",
        "--warmup", "1", "--ema", "0.5", "--steps", steps)
    }
    let straight = try begin("straight", "8")
    #expect(straight.code == 0 && straight.messages.contains("by importance"))
    let name = "unet/diffusion_pytorch_model.safetensors"
    let ends = try [("one", "1"), ("two", "2")].map { run, threads in
      #expect(try begin(run, "5").code == 0)
      // By now both timesteps have had their losses, which the state has to keep.
      let resumed = try BuiltTool.run([
        "train", "--resume", "--out", workspace.path(run), "--steps", "8", "--threads", threads,
      ])
      #expect(resumed.code == 0, "\(resumed.messages)")
      return try workspace.bytes("\(run)/\(name)")
    }
    #expect(ends[0] == ends[1])
    // The learning rate of the first five steps was that of a training of five.
    #expect(try ends[0] != workspace.bytes("straight/\(name)"))
    let again = try BuiltTool.run([
      "train", "--resume", "--out", workspace.path("straight"), "--steps", "8", "--loss", "simple",
    ])
    again.expectRefusal(64, "--loss simple", "was begun with --loss bound")
  }

  /// A learned schedule is a table in the pipeline; the run goes on, to a likelihood and samples.
  @Test func aLearnedScheduleIsTrainedGoneOnWithAndDrawnFrom() throws {
    let begun = try train(
      "run", "--preset", "tiny", "--schedule", "learned", "--fourier", "--steps", "3")
    #expect(begun.code == 0, "\(begun.messages)")
    #expect(begun.messages.contains("process   learned, 1000 timesteps"))
    #expect(begun.messages.contains("VDM's bound, in bits/dim"))
    let resumed = try BuiltTool.run([
      "train", "--resume", "--out", workspace.path("run"), "--steps", "5",
    ])
    #expect(resumed.code == 0, "\(resumed.messages)")
    let model = try DiffusionModel(folder: workspace.path("run"))
    #expect(model.configuration.fourierFeatures == Array(1...8))
    let sampled = try BuiltTool.run([
      "sample", "--model", workspace.path("run"), "--sampler", "ddpm", "--steps", "5", "--count",
      "2", "--out", workspace.path("a.png"),
    ])
    #expect(sampled.code == 0, "\(sampled.messages)")
    let evaluated = try BuiltTool.run([
      "evaluate", "--model", workspace.path("run"), "--data", workspace.path("data"), "--metrics",
      "bpd", "--count", "4", "--out", workspace.path("report"),
    ])
    #expect(evaluated.code == 0 && evaluated.output.contains("decoder"), "\(evaluated.messages)")
    try train("other", "--schedule", "learned", "--timesteps", "10", "--steps", "1")
      .expectRefusal(64, "--timesteps does not go with --schedule learned")
  }

  /// What the library tests by itself arrives there.
  @Test(arguments: [["--clip", "0.01"], ["--dropout", "0.5"], ["--flip"], ["--weight", "p2"]])
  func settingsOfTheTrainingChangeIt(words: [String]) throws {
    func weights(_ run: String, _ more: [String]) throws -> [UInt8] {
      let result = try BuiltTool.run(
        ["train", "--data", workspace.path("data"), "--batch", "8", "--sample-every", "0"]
          + ["--warmup", "0", "--optimizer", "adam", "--preset", "tiny", "--steps", "3", "--quiet"]
          + ["--out", workspace.path(run)] + more)
      #expect(result.code == 0, "\(result.messages)")
      return try workspace.bytes("\(run)/unet/diffusion_pytorch_model.safetensors")
    }
    #expect(try weights("with", words) != weights("without", []))
  }

  @Test func weightsAreNamedAndKept() throws {
    let result = try train("run", "--steps", "2", "--weight", "min-snr")
    #expect(result.code == 0 && result.messages.contains("L_simple, weights min-snr"))
    let heldOut = try workspace.bytes("run/metrics.jsonl")
    #expect(String(decoding: heldOut, as: UTF8.self).contains("held_out"))
  }

  @Test func importanceNeedsLossesOfEveryTimestep() throws {
    try train("run", "--steps", "10", "--timestep-sampling", "importance")
      .expectRefusal(64, "as many batches as timesteps", "has 10")
    #expect(!workspace.exists("run/unet"))
  }
}
