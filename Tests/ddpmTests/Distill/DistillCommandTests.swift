// `ddpm distill` as a process: what a student's folder holds, how it goes on, and what is refused.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct DistillCommandTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
  }

  /// Trains a model for two steps into the folder `model`.
  private func train(_ more: String...) throws {
    let words = ["train", "--data", workspace.path("data"), "--steps", "2", "--batch", "4"]
    #expect(
      try BuiltTool.run(words + ["--quiet", "--out", workspace.path("model")] + more).code == 0)
  }

  private func distill(_ out: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["distill", "--model", workspace.path("model"), "--data", workspace.path("data")]
        + ["--out", workspace.path(out), "--batch", "4"] + more)
  }

  private func resume(_ out: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(["distill", "--resume", "--out", workspace.path(out)] + more)
  }

  private func weights(_ out: String) throws -> [UInt8] {
    try workspace.bytes("\(out)/unet/diffusion_pytorch_model.safetensors")
  }

  /// Its scheduler says how many steps it has, and `sample` takes them.
  @Test func aStudentIsDrawnInItsSteps() throws {
    try train()
    let result = try distill("student", "--steps", "2", "--epochs", "4")
    #expect(result.code == 0 && result.output == workspace.path("student") + "\n")
    for part in [
      "DDIM, in 32 steps", "evaluations per image: 4, then 2, then 2 by distribution matching",
      "12 steps of 4 images", " MB of memory",
    ] {
      #expect(result.messages.contains(part), "\(result.messages)")
    }
    let student = try DiffusionModel(folder: workspace.path("student"))
    #expect(
      student.defaults.preference
        == SamplingPreference(sampler: .ddim, spacing: .trailing, steps: 2))
    #expect(student.classCount == 3)
    let (plain, named) = (workspace.path("plain.npy"), workspace.path("named.npy"))
    let sample = ["sample", "--model", workspace.path("student"), "--count", "3"]
    let drawn = try BuiltTool.run(sample + ["--out", plain])
    #expect(drawn.messages.contains("steps 2") && drawn.messages.contains("timesteps 1000 500"))
    let flags = ["--sampler", "ddim", "--steps", "2", "--spacing", "trailing", "--out", named]
    #expect(try BuiltTool.run(sample + flags).code == 0)
    #expect(try workspace.bytes("plain.npy") == workspace.bytes("named.npy"))
    let guided = try BuiltTool.run(sample + ["--guidance", "1", "--out", plain])
    #expect(guided.code == 0 && guided.messages.contains("did not learn to be guided"))
    let picture = try PNGChunks(workspace.bytes("student/samples/step-000012.png"))
    #expect(picture.texts["steps"] == "2" && picture.texts["class"] == "all")
    #expect(workspace.exists("student/loss.png"))
  }

  @Test func interruptedItEndsWithTheSameBytes() throws {
    try train()
    #expect(try distill("whole", "--epochs", "30", "--quiet").code == 0)
    // Interrupted as soon as there is a state, long before its end, and then gone on with.
    let result = try BuiltTool.shell(
      """
      set -m; "$0" distill --model '\(workspace.path("model"))' --data '\(workspace.path("data"))' \
        --out '\(workspace.path("cut"))' --batch 4 --epochs 30 --save-every 1 --quiet & pid=$!
      while kill -0 $pid && [ ! -e '\(workspace.path("cut"))/training/state.safetensors' ]; do sleep 0.02; done
      kill -INT $pid; wait $pid; echo "ended with $?" >&2
      """)
    #expect(result.messages.contains("ended with 130"), "\(result.messages)")
    #expect((1..<90).contains(try TrainingState(folder: workspace.path("cut")).completed))
    try FileManager.default.removeItem(atPath: workspace.path("model"))
    #expect(try resume("cut", "--quiet").code == 0)
    #expect(try weights("cut") == weights("whole"))
    let log = String(decoding: try workspace.bytes("cut/metrics.jsonl"), as: UTF8.self)
    #expect(log.split(separator: "\n").last?.hasPrefix("{\"step\":90,") == true, "\(log)")
  }

  /// The state comes first: without a model in its own folder yet, a run has its teacher's.
  @Test func itGoesOnAfterACrashInItsFirstSave() throws {
    try train()
    #expect(try distill("whole", "--epochs", "3", "--quiet").code == 0)
    #expect(try distill("cut", "--epochs", "2", "--quiet").code == 0)
    #expect(try distill("again", "--epochs", "2", "--quiet").code == 0)
    try FileManager.default.removeItem(atPath: workspace.path("cut/unet/config.json"))
    for run in ["cut", "again"] { #expect(try resume(run, "--epochs", "3", "--quiet").code == 0) }
    #expect(try weights("cut") == weights("again"))
  }

  @Test func guidanceIsDistilledIn() throws {
    try train()
    #expect(try distill("plain", "--epochs", "3", "--quiet").code == 0)
    let result = try distill("guided", "--epochs", "3", "--guidance", "2")
    #expect(result.code == 0 && result.messages.contains("guided with 2"))
    #expect(try weights("plain") != weights("guided"))
  }

  @Test func oneCommandDoesNotGoOnWithTheOthersRun() throws {
    try train()
    #expect(try distill("student", "--epochs", "1", "--quiet").code == 0)
    try BuiltTool.run(["train", "--resume", "--out", workspace.path("student")])
      .expectRefusal(65, "holds a distillation", "ddpm distill --resume")
    try resume("model").expectRefusal(65, "holds a training on images", "ddpm train --resume")
    try resume("student", "--steps", "4").expectRefusal(64, "--steps 4: the run in", "--steps 2")
    try distill("student", "--epochs", "1").expectRefusal(73, "holds a run already")
  }

  /// Students and teachers keep apart: more steps than a student's spoil its images.
  @Test func aStudentIsNoTeacherAndATeacherNoStudentsFolder() throws {
    try train()
    let teacher = try weights("model")
    try distill("model", "--overwrite").expectRefusal(64, "--out is the folder of the model")
    #expect(try weights("model") == teacher)
    #expect(try distill("student", "--epochs", "1", "--quiet").code == 0)
    let student = ["--model", workspace.path("student"), "--data", workspace.path("data")]
    try BuiltTool.run(["distill"] + student + ["--out", workspace.path("other")])
      .expectRefusal(65, "itself a student, of 2 steps", "distil its teacher")
    let sample = ["sample", "--model", workspace.path("student"), "--count", "1"]
    let many = try BuiltTool.run(
      sample + ["--steps", "4", "--quiet", "--out", workspace.path("a.npy")])
    #expect(many.code == 0 && many.messages.contains("a student of 2 steps: 4 are worse"))
  }

  @Test func modelsAndDataThatCannotBeDistilledAreRefused() throws {
    try train("--predict", "noise")
    try distill("student").expectRefusal(65, workspace.path("model"), "predicts the noise")
    try train("--overwrite", "--unconditional")
    try distill("student", "--guidance", "1").expectRefusal(64, "knows no classes")
    try train("--overwrite", "--timesteps", "20")
    try distill("student").expectRefusal(65, "20 timesteps", "too few")
    try train("--overwrite")
    try workspace.remove("data/t10k-labels-idx1-ubyte")
    try distill("student").expectRefusal(65, "has no labels")
    #expect(!workspace.exists("student"))
  }
}
