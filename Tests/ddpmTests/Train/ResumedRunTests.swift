// `ddpm train --resume` as a process: killed anywhere it ends with the same bytes, and it refuses
// what would be another run.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct ResumedRunTests {
  private static let weights = "run/unet/diffusion_pytorch_model.safetensors"

  /// The words of a short training on small data.
  private func words(_ workspace: Workspace, _ more: String...) throws -> [String] {
    ["train", "--data", try workspace.makeData(), "--preset", "tiny", "--batch", "4"]
      + ["--sample-every", "0", "--quiet", "--out", workspace.path("run")] + more
  }

  private func resume(_ workspace: Workspace, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(["train", "--resume", "--out", workspace.path("run"), "--quiet"] + more)
  }

  private func loggedSteps(_ workspace: Workspace) throws -> [Int] {
    let text = String(decoding: try workspace.bytes("run/metrics.jsonl"), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      line.wholeMatch(of: /\{"step":(\d+),.*\}/).flatMap { Int($0.1) }
    }
  }

  /// Kills at moments spread over steps and saving, of which one at least has to come before the last step.
  @Test func killedAnywhereItEndsWithTheSameBytes() throws {
    let (whole, cut) = (try Workspace(), try Workspace())
    let keep = ["--keep-every", "20"]
    #expect(try BuiltTool.run(words(whole, "--steps", "60", "--threads", "1") + keep).code == 0)
    let begin = try (words(cut, "--steps", "60", "--save-every", "1") + keep).map { "'\($0)'" }
    // The first one so early that no machine has taken sixty steps.
    let delays =
      ["0.02"] + (0..<7).map { _ in String(format: "%.3f", Double.random(in: 0.05...0.5)) }
    let result = try BuiltTool.shell(
      """
      run='\(cut.path("run"))'
      for delay in \(delays.joined(separator: " ")); do
        if [ -e "$run/training/state.safetensors" ]
        then "$0" train --resume --out "$run" --quiet & pid=$!
        else
          "$0" \(begin.joined(separator: " ")) & pid=$!
          while kill -0 $pid && ! [ -e "$run/training/state.safetensors" ]; do sleep 0.02; done
        fi
        sleep $delay
        kill -9 $pid
        wait $pid
        code=$?
        [ $code = 137 ] || [ $code = 0 ] || echo "ended with $code"
        [ $code != 137 ] || grep -q '"step":60,' "$run/metrics.jsonl" || echo "killed midway"
      done >&2
      """)
    #expect(!result.messages.contains("ended with"), "after \(delays): \(result.messages)")
    #expect(result.messages.contains("killed midway"), "after \(delays): \(result.messages)")
    #expect(try resume(cut).code == 0)
    for name in ["20", "40", "60"].map({
      "run/snapshots/step-0000\($0)/\(PipelineFolder.Name.weightsPath)"
    }) {
      #expect(try cut.bytes(name) == whole.bytes(name), "\(name) after \(delays)")
    }
    #expect(try cut.bytes(Self.weights) == whole.bytes(Self.weights), "after \(delays)")
    #expect(try loggedSteps(cut) == Array(stride(from: 10, through: 60, by: 10)))
  }

  /// Whatever a crash leaves of the other files, the state decides.
  @Test func theModelIsMadeWholeFromTheState() throws {
    let workspace = try Workspace()
    #expect(try BuiltTool.run(words(workspace, "--steps", "2")).code == 0)
    let weights = try workspace.bytes(Self.weights)
    try workspace.write("half", to: Self.weights)
    try FileManager.default.removeItem(atPath: workspace.path("run/model_index.json"))
    let result = try resume(workspace)
    #expect(result.code == 0 && result.output == workspace.path("run") + "\n")
    #expect(try workspace.bytes(Self.weights) == weights)
    #expect(try DiffusionModel(folder: workspace.path("run")).imageSize == Workspace.size)
  }

  @Test func aLargerBudgetGoesOn() throws {
    let workspace = try Workspace()
    #expect(try BuiltTool.run(words(workspace, "--steps", "10")).code == 0)
    #expect(try resume(workspace, "--epochs", "5").code == 0)
    // Five epochs of 12 images in batches of 4.
    #expect(try loggedSteps(workspace) == [10, 15])
    #expect(try TrainingState(folder: workspace.path("run")).completed == 15)
    #expect(try TrainingState(folder: workspace.path("run")).record.settings["--epochs"] == "5")
    #expect(try resume(workspace).code == 0)
    #expect(try loggedSteps(workspace) == [10, 15])
  }

  @Test func aBudgetThatIsSpentAlreadyIsNotAnnouncedAsAPlan() throws {
    let workspace = try Workspace()
    #expect(try BuiltTool.run(words(workspace, "--steps", "10")).code == 0)
    let result = try BuiltTool.run([
      "train", "--resume", "--steps", "4", "--out", workspace.path("run"),
    ])
    #expect(result.code == 0 && result.messages.contains("training  10 steps of"))
    #expect(result.messages.contains("all 10 steps are done: a larger budget"))
    #expect(try TrainingState(folder: workspace.path("run")).completed == 10)
  }

  @Test func whatWouldBeAnotherRunIsRefused() throws {
    let workspace = try Workspace()
    #expect(try BuiltTool.run(words(workspace, "--steps", "1", "--limit", "8")).code == 0)
    let cases = [
      ("--preset small", "--preset tiny"), ("--schedule linear", "--schedule cosine"),
      ("--batch 8", "--batch 4"), ("--seed 1", "--seed 0"), ("--limit 9", "--limit 8"),
      ("--learning-rate 1", "--learning-rate 0.004"), ("--timesteps 10", "--timesteps 1000"),
      ("--channels 8,16", "begun without it"), ("--zero-snr", "begun without it"),
      ("--ema 0.9", "begun without it"),
    ]
    for (given, kept) in cases {
      try BuiltTool.run(
        ["train", "--resume", "--out", workspace.path("run")]
          + given.split(separator: " ").map(String.init)
      ).expectRefusal(64, "\(given): the run in \(workspace.path("run"))", kept)
    }
    // The same value, however it is spelled, and what changes no step.
    let same = ["--learning-rate", "4e-3", "--batch=4", "--seed=0", "--threads=1", "--steps=1"]
    #expect(
      try BuiltTool.run(["train", "--resume", "--quiet", "--out", workspace.path("run")] + same)
        .code == 0)
  }

  @Test func otherDataAreRefusedAndTheSameElsewhereTaken() throws {
    let workspace = try Workspace()
    let data = try workspace.makeData()
    #expect(try BuiltTool.run(words(workspace, "--steps", "1")).code == 0)
    let moved = workspace.path("moved")
    try FileManager.default.moveItem(atPath: data, toPath: moved)
    try resume(workspace).expectRefusal(66, data, "say with --data where they are now")
    #expect(try resume(workspace, "--data", moved).code == 0)
    #expect(try resume(workspace).code == 0)
    let images = try IDX.images(at: moved + "/train-images-idx3-ubyte")
    var pixels = images.pixels
    pixels[100] ^= 1
    try IDX.write(
      ByteImages(size: images.size, pixels: pixels), to: moved + "/train-images-idx3-ubyte")
    try resume(workspace).expectRefusal(65, moved, "other images", "12 images of 8 x 8, CRC-32")
  }

  @Test func otherLabelsOfTheSameImagesAreRefused() throws {
    let workspace = try Workspace()
    let data = try workspace.makeData(classes: 3)
    let run = ["--quiet", "--out", workspace.path("run")]
    let words = ["train", "--data", data, "--preset", "tiny", "--batch", "4", "--steps", "1"]
    #expect(try BuiltTool.run(words + run).code == 0)
    try workspace.writeLabels((0..<12).map { UInt8(($0 + 1) % 3) }, of: "train")
    try resume(workspace, "--steps", "2").expectRefusal(65, "other images or labels")
  }

  /// A run's folder lies in that of its pictures, and is not learned from.
  @Test func aRunAmongItsPicturesGoesOn() throws {
    let workspace = try Workspace()
    let images = try Dataset.load(folder: workspace.makeData(), split: .train).images
    for place in 0..<8 {
      let name = "pictures/\(place % 2 == 0 ? "a" : "b")/\(place).png"
      try workspace.write("", to: name)
      try PNG.write(
        Picture(width: 8, height: 8, channels: 1, pixels: images[place..<place + 1].pixels),
        to: workspace.path(name))
    }
    let words = ["train", "--data", workspace.path("pictures"), "--preset", "tiny", "--batch", "4"]
    let run = ["--out", workspace.path("pictures/run"), "--steps"]
    #expect(try BuiltTool.run(words + run + ["2"]).code == 0)
    let resumed = try BuiltTool.run(["train", "--resume"] + run + ["3"])
    #expect(resumed.code == 0 && resumed.messages.contains("labels"), "\(resumed.messages)")
    try BuiltTool.run(words + ["--steps", "1", "--out", workspace.path("pictures")])
      .expectRefusal(64, "--out is the folder of the pictures")
  }

  @Test func aModelWithoutATrainingIsNoRunToGoOnWith() throws {
    let workspace = try Workspace()
    _ = try workspace.makeModel()
    try BuiltTool.run(
      ["train", "--data", workspace.makeData(), "--steps", "1", "--out", workspace.path("model")]
    ).expectRefusal(73, "holds parts of a run already, and no training to resume", "--overwrite")
  }

  @Test func aFolderInUseIsRefused() throws {
    let workspace = try Workspace()
    let folder = try RunFolder(workspace.path("run"), existing: .kept)
    for more in [[], ["--overwrite"]] {
      try BuiltTool.run(words(workspace, "--steps", "1") + more)
        .expectRefusal(75, workspace.path("run"), "being trained by another process")
    }
    try resume(workspace).expectRefusal(75, workspace.path("run"))
    withExtendedLifetime(folder) {}
  }

  @Test func whereThereIsNoRunTheErrorSaysWhatToDo() throws {
    let workspace = try Workspace()
    _ = try workspace.makeModel()
    for name in ["nothing", "model"] {
      try BuiltTool.run(["train", "--resume", "--out", workspace.path(name)])
        .expectRefusal(66, workspace.path(name), "begin one without --resume")
    }
    #expect(!workspace.exists("nothing") && !workspace.exists("model/training"))
  }

  @Test func aStateThatIsNoneIsRefused() throws {
    let workspace = try Workspace()
    try workspace.write("garbage", to: "run/\(TrainingState.name)")
    try resume(workspace).expectRefusal(65, TrainingState.name, "not a valid safetensors file")
  }

  @Test func rawWeightsAreSampled() throws {
    let workspace = try Workspace()
    #expect(try BuiltTool.run(words(workspace, "--steps", "4")).code == 0)
    func sample(_ model: String, _ weights: String) throws -> BuiltTool.Result {
      try BuiltTool.run([
        "sample", "--model", workspace.path(model), "--weights", weights, "--steps", "2",
        "--count", "2", "--quiet", "--out", workspace.path("\(weights).npy"),
      ])
    }
    for weights in ["ema", "raw"] { #expect(try sample("run", weights).code == 0) }
    #expect(try workspace.bytes("ema.npy") != workspace.bytes("raw.npy"))
    _ = try workspace.makeModel()
    try sample("model", "raw")
      .expectRefusal(65, workspace.path("model"), "has no raw weights", "--weights ema")
  }
}
