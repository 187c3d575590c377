// `ddpm train` as a process: what it leaves behind, and what it refuses.

import Diffusion
import Foundation
import Testing

@Suite struct TrainCommandRunTests {
  /// The words of a short training on small data.
  private func words(
    _ workspace: Workspace, out: String = "run", steps: Int = 2, _ more: String...
  ) throws -> [String] {
    ["train", "--data", try workspace.makeData(), "--preset", "tiny", "--steps", "\(steps)"]
      + ["--batch", "4", "--out", workspace.path(out)] + more
  }

  private static let files = [
    "loss.png", "metrics.jsonl", "model_index.json", "samples", "samples/step-000002.png",
    "scheduler", "scheduler/scheduler_config.json", "training", "training/lock",
    "training/state.safetensors", "unet", "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors",
  ]

  @Test func theBuiltInDigitsAreTrainedOnWithoutAnyFile() throws {
    let workspace = try Workspace()
    let run = workspace.path("run")
    let result = try BuiltTool.run([
      "train", "--data", "synthetic", "--preset", "tiny", "--steps", "2", "--batch", "4",
      "--sample-every", "0", "--out", run,
    ])
    #expect(result.code == 0 && result.output == run + "\n")
    for part in ["280881 parameters", "20000 images to train on, 2000 held out, 28 x 28"] {
      #expect(result.messages.contains(part), "\(result.messages)")
    }
    #expect(try DiffusionModel(folder: run).imageSize == SyntheticDigits.size)
  }

  @Test func aRunLeavesItsDocumentedFiles() throws {
    let workspace = try Workspace()
    let result = try BuiltTool.run(words(workspace, "--quiet"))
    #expect(result.code == 0 && result.messages.isEmpty)
    let found = FileManager.default.enumerator(atPath: workspace.path("run"))?.allObjects
    #expect((found as? [String])?.sorted() == Self.files)
    #expect(try DiffusionModel(folder: workspace.path("run")).imageSize == Workspace.size)
    let log = String(decoding: try workspace.bytes("run/metrics.jsonl"), as: UTF8.self)
    #expect(log.hasPrefix("{\"step\":2,") && log.contains("\"held_out_loss\":"))
    let picture = try PNGChunks(workspace.bytes("run/samples/step-000002.png"))
    #expect(picture.texts["sampler"] == "ddim" && picture.texts["seed"] == "0")
    #expect(picture.texts["model"] == workspace.path("run") + ", training step 2")
    let curves = try PNGChunks(workspace.bytes("run/loss.png"))
    #expect(curves.width == 1200 && curves.texts["model"] == workspace.path("run"))
  }

  @Test func aTrainingThatDivergesNamesTheFirstTensorWhereAsked() throws {
    let workspace = try Workspace()
    let flags = ["--learning-rate", "1e6", "--warmup", "0", "--sample-every", "0"]
    let result = try BuiltTool.run(words(workspace, steps: 30) + flags + ["--detect-anomaly"])
    #expect(result.code == 70 && result.messages.contains("first in the"), "\(result.messages)")
    let plain = try BuiltTool.run(words(workspace, out: "plain", steps: 30) + flags)
    #expect(plain.code == 70 && !plain.messages.contains("first in the"), "\(plain.messages)")
  }

  @Test func aScheduleThatEndsInPureNoiseIsTrainedResumedAndSampled() throws {
    let workspace = try Workspace()
    let result = try BuiltTool.run(words(workspace, "--zero-snr", "--sample-every", "0"))
    #expect(result.code == 0)
    #expect(
      result.messages.contains("cosine to zero SNR, 1000 timesteps: alphaBar_T 0, prior 0 bits"),
      "\(result.messages)")
    let run = workspace.path("run")
    #expect(try TrainingState(folder: run).record.settings["--zero-snr"] != nil)
    let resume = ["train", "--resume", "--quiet", "--steps", "4", "--out", run]
    #expect(try BuiltTool.run(resume).code == 0)
    let schedule = try DiffusionModel(folder: run).schedule
    #expect(schedule.alphaBar(schedule.last) == 0)
    let out = workspace.path("a.npy")
    for sampler in ["ddim", "unipc"] {
      let words = ["sample", "--model", run, "--sampler", sampler, "--steps", "3", "--count", "2"]
      #expect(try BuiltTool.run(words + ["--out", out]).code == 0)
      #expect(try Images(npy: out).values.allSatisfy(\.isFinite))
    }
  }

  @Test func threadsDoNotChangeTheModelAndTheSeedDoes() throws {
    let workspace = try Workspace()
    let variants = [["--threads", "1"], ["--threads", "3"], ["--seed", "1"]]
    let weights = try variants.enumerated().map { number, variant in
      let result = try BuiltTool.run(words(workspace, out: "run\(number)") + variant)
      #expect(result.code == 0)
      return try workspace.bytes("run\(number)/unet/diffusion_pytorch_model.safetensors")
    }
    #expect(weights[0] == weights[1] && weights[0] != weights[2])
  }

  @Test func aRunIsNotOverwrittenUnlessAsked() throws {
    let workspace = try Workspace()
    try workspace.write("old", to: "run/metrics.jsonl")
    try workspace.write("mine", to: "run/notes.txt")
    let words = try words(workspace)
    try BuiltTool.run(words)
      .expectRefusal(73, workspace.path("run"), "no training to resume", "--overwrite")
    #expect(try workspace.bytes("run/metrics.jsonl") == Array("old".utf8))
    #expect(try BuiltTool.run(words + ["--overwrite"]).code == 0)
    #expect(try workspace.bytes("run/metrics.jsonl").starts(with: Array("{".utf8)))
    #expect(try workspace.bytes("run/notes.txt") == Array("mine".utf8))
  }

  @Test(arguments: [("INT", "130"), ("TERM", "143")])
  func aSignalEndsTheTrainingWithEverythingSaved(signal: String, code: String) throws {
    let workspace = try Workspace()
    let run = workspace.path("run")
    let train = try words(workspace, steps: 1_000_000, "--sample-every", "0", "--quiet")
      .map { "'\($0)'" }.joined(separator: " ")
    let result = try BuiltTool.shell(
      """
      set -m; "$0" \(train) >/dev/null & pid=$!
      while kill -0 $pid && ! [ -s '\(run)/metrics.jsonl' ]; do sleep 0.05; done
      kill -\(signal) $pid
      for i in $(seq 400); do sleep 0.05; kill -0 $pid || exit; done >/dev/null 2>&1 &&
        kill -9 $pid &
      wait $pid; echo $?
      """)
    #expect(result.output == code + "\n", "\(result.messages)")
    #expect(try DiffusionModel(folder: run).imageSize == Workspace.size)
    // The log's first record is of step 10: the state is of the step in progress, not of the start.
    #expect(try TrainingState(folder: run).completed >= 10)
  }

  /// A large network's step takes seconds, in which the first Ctrl-C would look unnoticed.
  @Test(.enabled(if: Self.hasTerminals, "util-linux's script is not here"))
  func theFirstInterruptionIsAcknowledgedOnATerminal() throws {
    let workspace = try Workspace()
    let state = workspace.path("run/\(TrainingState.name)")
    let train = try words(workspace, steps: 1_000_000, "--sample-every", "0").joined(separator: " ")
    let result = try BuiltTool.shell(
      """
      { for i in $(seq 600); do [ -s '\(state)' ] && break; sleep 0.05; done; printf '\\003'; sleep 1; } |
        script -qec "'$0' \(train)" /dev/null
      echo "code $?"
      """)
    #expect(result.output.contains("stopping after this step; a second Ctrl-C ends at once"))
    #expect(result.output.contains("ddpm train --resume --out \(workspace.path("run")) goes on"))
    #expect(result.output.hasSuffix("code 130\n"))
  }

  /// That of Linux: macOS has another one, of other words.
  private static let hasTerminals =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/script")
    && FileManager.default.fileExists(atPath: "/proc/self")

  @Test func aTrainingThatDivergesEndsWith70() throws {
    let workspace = try Workspace()
    let words = try words(
      workspace, steps: 100, "--learning-rate", "1e6", "--warmup", "0", "--quiet")
    try BuiltTool.run(words)
      .expectRefusal(70, "not finite at step", "try a learning rate below 1000000.0")
    #expect(try DiffusionModel(folder: workspace.path("run")).imageSize == Workspace.size)
  }

  @Test func aTimeIsPlannedFromTheStepsThatFit() throws {
    let workspace = try Workspace()
    let result = try BuiltTool.run([
      "train", "--data", workspace.makeData(), "--preset", "tiny", "--batch", "4",
      "--minutes", "0.02", "--sample-every", "0", "--out", workspace.path("run"),
    ])
    // A time of no known length in steps would have the longest warm-up and average.
    #expect(result.code == 0 && result.messages.contains("1 s, about "), "\(result.messages)")
    #expect(!result.messages.contains("after 500 steps"), "\(result.messages)")
    #expect(!result.messages.contains("decay of 0.9999"), "\(result.messages)")
  }

  @Test func aQuickTryUsesTheFirstImages() throws {
    let workspace = try Workspace()
    let result = try BuiltTool.run(
      words(workspace, "--limit", "5", "--sample-every", "0"))
    #expect(result.messages.contains("5 images to train on, 6 held out"), "\(result.messages)")
  }

  @Test func aQuickTryKnowsAllClasses() throws {
    let workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
    let result = try BuiltTool.run(
      ["train", "--data", workspace.path("data"), "--preset", "tiny", "--batch", "4"]
        + ["--steps", "1", "--limit", "1", "--sample-every", "0", "--out", workspace.path("run")])
    #expect(result.code == 0, "\(result.messages)")
    #expect(try DiffusionModel(folder: workspace.path("run")).classCount == 3)
  }

  @Test func messagesNobodyReadsDoNotEndTheTraining() throws {
    let workspace = try Workspace()
    let line = try words(workspace, steps: 30).map { "'\($0)'" }.joined(separator: " ")
    let result = try BuiltTool.shell("{ \"$0\" \(line) 2>&1 >/dev/null; echo $? >&3; } 3>&1 | :")
    #expect(result.code == 0)
    #expect(try TrainingState(folder: workspace.path("run")).completed == 30)
  }

  /// There are no data: they would be missed if they were looked for.
  @Test(arguments: [
    (["--attention", "4"], "there is no level 4, the network has 3"),
    (["--channels", "30,60"], "cannot be divided into 8 normalisation groups"),
    (["--channels", "8,8,8,8,8,8,8,8,8"], "the number of levels is 9"),
    (["--timesteps", "3", "--schedule", "linear"], "beta is"),
  ])
  func whatCannotBeTrainedIsSaidBeforeTheDataAreRead(words: [String], reason: String) throws {
    let workspace = try Workspace()
    let common = ["train", "--data", workspace.path("nothing"), "--out", workspace.path("run")]
    try BuiltTool.run(common + words).expectRefusal(64, reason)
  }

  @Test func missingDataNamesTheWaysOut() throws {
    let workspace = try Workspace()
    let out = ["--steps", "1", "--out", workspace.path("run")]
    try BuiltTool.run(["train", "--data", workspace.path("nothing")] + out)
      .expectRefusal(66, "nothing: no such", "scripts/fetch-mnist.sh", "--data synthetic")
    try workspace.write("", to: "empty/notes.txt")
    try BuiltTool.run(["train", "--data", workspace.path("empty")] + out)
      .expectRefusal(66, "empty: holds no images to learn from", "--data synthetic")
    try BuiltTool.shell("cd \(workspace.path("empty")) && \"$0\" train --steps 1")
      .expectRefusal(66, "data/mnist", "scripts/fetch-mnist.sh", "--data synthetic")
  }

  /// There are no data: they would be missed if they were looked for.
  @Test func aPlaceWhereNothingCanBeCreatedIsReportedBeforeTheDataAreRead() throws {
    let workspace = try Workspace()
    try workspace.write("a file", to: "file")
    for out in ["file", "file/run"] {
      try BuiltTool.run([
        "train", "--data", workspace.path("nothing"), "--out", workspace.path(out),
      ]).expectRefusal(73, workspace.path(out), "cannot be created")
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func aFolderThatIsReadOnlyEndsWith73() throws {
    let workspace = try Workspace()
    try workspace.write("", to: "closed/file")
    chmod(workspace.path("closed"), 0o500)
    defer { chmod(workspace.path("closed"), 0o700) }
    for out in ["closed", "closed/run"] {
      try BuiltTool.run(words(workspace, out: out))
        .expectRefusal(73, workspace.path(out), "Permission denied")
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full here"))
  func aFullDiskEndsWith74() throws {
    let workspace = try Workspace()
    let line = try words(workspace, "--quiet").map { "'\($0)'" }.joined(separator: " ")
    try BuiltTool.shell("\"$0\" \(line) > /dev/full")
      .expectRefusal(74, "standard output: cannot be written: No space left")
    #expect(workspace.exists("run/model_index.json"), "the model is saved all the same")
  }

  @Test func splitsOfTwoSizesAreRefused() throws {
    let workspace = try Workspace()
    let words = try words(workspace)
    let size = ImageSize(height: 4, width: 4, channels: 1)
    try IDX.write(
      ByteImages(size: size, pixels: Array(repeating: 0, count: 16)),
      to: workspace.path("data/t10k-images-idx3-ubyte"))
    try BuiltTool.run(words).expectRefusal(65, workspace.path("data"), "8 x 8", "4 x 4")
  }
}
