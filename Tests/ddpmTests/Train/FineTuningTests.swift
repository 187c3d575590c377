// `ddpm train --from`: a model's weights, process and prediction, and images of one's own.

import Diffusion
import Foundation
import Testing

@Suite struct FineTuningTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
  }

  private func train(_ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["train", "--from", workspace.path("model"), "--data", workspace.path("data")]
        + ["--batch", "4", "--sample-every", "0", "--out", workspace.path("run")] + more)
  }

  /// A warm-up begins with a rate of 0, and the first step's weights are the average.
  @Test func itBeginsWithTheModelsWeights() throws {
    let model = try workspace.makeModel(classes: 3, timesteps: 200, prediction: .sample)
    let result = try train("--steps", "1", "--warmup", "9")
    #expect(result.code == 0)
    for part in ["that of \(workspace.path("model")), 200 timesteps", "predicts the sample"] {
      #expect(result.messages.contains(part), "\(result.messages)")
    }
    let run = try DiffusionModel(folder: workspace.path("run"))
    #expect(run.schedule == model.schedule && run.prediction == .sample && run.classCount == 3)
    let name = "unet/diffusion_pytorch_model.safetensors"
    #expect(try workspace.bytes("run/\(name)") == workspace.bytes("model/\(name)"))
    #expect(try train("--steps", "1", "--overwrite").code == 0)
    #expect(try workspace.bytes("run/\(name)") != workspace.bytes("model/\(name)"))
  }

  /// What a run needs of the model lies in its own folder.
  @Test func itGoesOnWithoutTheModel() throws {
    _ = try workspace.makeModel(classes: 3)
    #expect(try train("--steps", "4", "--quiet").code == 0)
    let name = "run/unet/diffusion_pytorch_model.safetensors"
    let whole = try workspace.bytes(name)
    #expect(try train("--steps", "2", "--overwrite", "--quiet").code == 0)
    #expect(try train("--steps", "4", "--overwrite", "--warmup", "0", "--quiet").code == 0)
    try FileManager.default.removeItem(atPath: workspace.path("model"))
    let resume = ["train", "--resume", "--quiet", "--out", workspace.path("run")]
    #expect(try BuiltTool.run(resume + ["--steps", "6"]).code == 0)
    #expect(try TrainingState(folder: workspace.path("run")).completed == 6)
    #expect(try workspace.bytes(name) != whole)
    try BuiltTool.run(resume + ["--preset", "tiny"]).expectRefusal(64, "--preset tiny")
  }

  /// What a crash leaves of the first save: the state, and nothing of the model yet.
  @Test func itGoesOnAfterACrashInItsFirstSave() throws {
    _ = try workspace.makeModel(classes: 3)
    #expect(try train("--steps", "2", "--quiet").code == 0)
    let resume = ["train", "--resume", "--quiet", "--out", workspace.path("run"), "--steps", "4"]
    for part in ["unet", "scheduler", "model_index.json"] {
      try FileManager.default.removeItem(atPath: workspace.path("run/" + part))
    }
    let result = try BuiltTool.run(resume)
    #expect(result.code == 0, "\(result.messages)")
    #expect(try DiffusionModel(folder: workspace.path("run")).classCount == 3)
  }

  @Test func imagesAndLabelsAreTheModels() throws {
    _ = try workspace.makeModel(classes: 2)
    try train("--steps", "1").expectRefusal(65, "has the label 2", "classes are 0 to 1")
    _ = try workspace.makeModel(classes: 5)
    #expect(try train("--steps", "1", "--quiet").code == 0)
    try workspace.remove("data/train-labels-idx1-ubyte")
    try train("--steps", "1", "--overwrite").expectRefusal(65, "has no labels")
    _ = try workspace.makeModel()
    #expect(try train("--steps", "1", "--overwrite", "--quiet").code == 0)
    let words = ["train", "--from", workspace.path("model"), "--data", "synthetic", "--steps", "1"]
    try BuiltTool.run(words + ["--out", workspace.path("other")])
      .expectRefusal(65, "28 x 28", "8 x 8")
    #expect(!workspace.exists("other"))
  }

  /// A run of a program whose default was Adam, without labels, keeps both.
  @Test func anOlderRunGoesOnAsItWasBegun() throws {
    let trainer = try Trainer(
      UNetConfiguration(.tiny, imageSize: Workspace.size),
      schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .velocity,
      data: Dataset.load(folder: workspace.path("data"), split: .train).images,
      TrainingOptions(threads: 1))
    let (train, test) = (
      try Dataset.load(folder: workspace.path("data"), split: .train),
      try Dataset.load(folder: workspace.path("data"), split: .test)
    )
    let run = workspace.path("run")
    try trainer.snapshot().save(to: run)
    try trainer.saveState(
      to: run,
      TrainingRecord(
        settings: [
          "--data": workspace.path("data"), "--preset": "tiny", "--schedule": "linear",
          "--batch": "4", "--learning-rate": "0.002", "--clip": "1.0", "--epochs": "1",
        ],
        data: "\(train.fingerprint); held out \(test.fingerprint)", seconds: 1))
    let result = try BuiltTool.run(["train", "--resume", "--out", run])
    #expect(result.code == 0 && result.messages.contains("4 images, Adam"), "\(result.messages)")
    #expect(try DiffusionModel(folder: run).classCount == nil)
    #expect(try TrainingState(folder: run).record.settings["--optimizer"] == "adam")
  }
}
