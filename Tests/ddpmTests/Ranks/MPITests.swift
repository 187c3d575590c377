// The program under mpirun: the bytes of one process, and an end when a process is lost.

import Diffusion
import Foundation
import Testing

/// A program that was built with the trait MPI, where there is one to test.
private enum MPITool {
  static let path = ProcessInfo.processInfo.environment["DDPM_MPI_TOOL"]

  /// Runs a command in several processes.
  ///
  /// - Parameter before: shell commands that each process begins with, knowing its `$RANK`; `"$@"` is the
  ///   command line.
  static func run(
    _ ranks: Int, _ words: [String], before: String = ":"
  ) throws -> BuiltTool.Result {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    return try BuiltTool.shell(
      """
      export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
      export OMPI_MCA_rmaps_base_oversubscribe=1
      timeout 120 mpirun -n \(ranks) bash -c 'RANK=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; \(before); exec "$@"' ddpm '\(path ?? "")' \(quoted)
      """)
  }
}

@Suite(
  .serialized,
  .enabled(
    if: MPITool.path != nil, "set DDPM_MPI_TOOL to a program built with --traits MPI"))
struct MPITests {
  private let workspace: Workspace
  private static let weights = "unet/diffusion_pytorch_model.safetensors"

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
  }

  private func words(_ run: String, steps: Int, _ more: [String] = []) -> [String] {
    [
      "train", "--data", workspace.path("data"), "--out", workspace.path(run), "--steps",
      "\(steps)", "--batch", "19", "--sample-every", "3", "--preset", "tiny", "--threads", "1",
    ] + more
  }

  /// A log without its times.
  private func log(_ run: String) throws -> [String] {
    String(decoding: try workspace.bytes("\(run)/metrics.jsonl"), as: UTF8.self)
      .split(separator: "\n").map {
        String($0).replacing(#/"(seconds|images_per_second)":[^,}]*/#, with: "")
      }
  }

  @Test(arguments: [1, 2, 3, 4])
  func aTrainingHasTheBytesOfOneProcess(ranks: Int) throws {
    let one = try BuiltTool.run(words("one", steps: 4))
    let many = try MPITool.run(ranks, words("many", steps: 4))
    #expect(one.code == 0 && many.code == 0, "\(many.messages)")
    #expect(many.output == workspace.path("many") + "\n", "one process speaks")
    #expect(many.messages.contains("bytes sent") == (ranks > 1), "\(many.messages)")
    #expect(try workspace.bytes("many/\(Self.weights)") == workspace.bytes("one/\(Self.weights)"))
    #expect(try log("many") == log("one"))
  }

  @Test func aRunGoesOnWithAnotherNumberOfRanks() throws {
    #expect(try BuiltTool.run(words("one", steps: 6, ["--warmup", "1", "--ema", "0.5"])).code == 0)
    let begun = try MPITool.run(
      3, words("many", steps: 2, ["--warmup", "1", "--ema", "0.5"]))
    #expect(begun.code == 0, "\(begun.messages)")
    let resumed = try MPITool.run(
      2, ["train", "--resume", "--out", workspace.path("many"), "--steps", "6"])
    #expect(resumed.code == 0, "\(resumed.messages)")
    #expect(resumed.messages.contains("resumed   after 2 steps"))
    let again = try BuiltTool.run([
      "train", "--resume", "--out", workspace.path("many"), "--steps", "7",
    ])
    #expect(again.code == 0, "\(again.messages)")
  }

  @Test func imagesAndReportsAreThoseOfOneProcess() throws {
    #expect(try BuiltTool.run(words("run", steps: 1)).code == 0)
    let model = workspace.path("run")
    func sample(_ name: String) -> [String] {
      ["sample", "--model", model, "--steps", "3", "--count", "7", "--out", workspace.path(name)]
    }
    #expect(try BuiltTool.run(sample("one.idx")).code == 0)
    #expect(try MPITool.run(3, sample("many.idx")).code == 0)
    #expect(try workspace.bytes("many.idx") == workspace.bytes("one.idx"))
    func evaluate(_ out: String) -> [String] {
      [
        "evaluate", "--model", model, "--steps", "2,4", "--eta", "0,1", "--count", "5", "--metrics",
        "time", "--out", workspace.path(out),
      ]
    }
    let (one, many) = (
      try BuiltTool.run(evaluate("a")), try MPITool.run(2, evaluate("b"))
    )
    #expect(one.code == 0 && many.code == 0, "\(many.messages)")
    for cell in ["ddim-trailing-steps2", "ddim-trailing-steps4"] {
      #expect(try workspace.bytes("b/\(cell).png") == workspace.bytes("a/\(cell).png"))
    }
  }

  /// Every way of editing, with fewer images than ranks too.
  @Test(arguments: [2, 3])
  func editsHaveTheBytesOfOneProcess(ranks: Int) throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    let latents = workspace.path("latents.npy")
    let edits = [
      ["--latents", latents], ["--pick", "3,1", "--interpolate", "4"], ["--strength", "0.3,0.8"],
      ["--mask", "left", "--resample", "2", "--jump", "2"], ["--upscale", "4"],
      ["--towards", "2", "--amount", "0.5,1"],
      ["--pick", "5", "--strength", "0.5", "--towards", "1"],
    ]
    for edit in edits {
      func words(_ out: String) -> [String] {
        [
          "edit", "--model", workspace.path("model"), "--data", workspace.path("data"), "--steps",
          "4", "--threads", "1", "--out", workspace.path(out),
        ] + edit
      }
      let cache = "export XDG_CACHE_HOME=\(workspace.path("cache"))"
      let one = try MPITool.run(1, words("one.npy"), before: cache)
      let oneLatents = try? workspace.bytes("latents.npy")
      let many = try MPITool.run(ranks, words("many.npy"), before: cache)
      #expect(one.code == 0 && many.code == 0, "\(edit): \(many.messages)")
      #expect(try workspace.bytes("many.npy") == workspace.bytes("one.npy"), "\(edit)")
      #expect((try? workspace.bytes("latents.npy")) == oneLatents)
    }
  }

  @Test func ranksThatDifferAreRefused() throws {
    let data = workspace.path("data"), other = workspace.path("other")
    let pictures = workspace.path("other/train-images-idx3-ubyte")
    let training = try MPITool.run(
      3, words("run", steps: 2),
      before: "if [ $RANK = 2 ]; then cp -r \(data) \(other);"
        + " printf x | dd of=\(pictures) bs=1 seek=99 conv=notrunc status=none;"
        + " A=\(data) B=\(other); set -- \"${@/#\"$A\"/$B}\"; fi")
    training.expectJobRefusal("in rank 2 of the job: its set of images is 12 images of 8 x 8")
    #expect(!workspace.exists("run/unet"))
    let rate = try MPITool.run(
      2, words("run", steps: 2), before: "test $RANK != 1 || set -- \"$@\" --learning-rate 0.5")
    rate.expectJobRefusal("in rank 1 of the job: its command line is", "--learning-rate 0.5")
    _ = try workspace.makeModel(classes: 3)
    #expect(try BuiltTool.run(words("another", steps: 1)).code == 0)
    let model = workspace.path("model")
    for command in ["sample", "edit"] {
      let result = try MPITool.run(
        2,
        [command, "--model", model, "--steps", "2", "--out", workspace.path("a.npy")]
          + (command == "edit" ? ["--data", data] : []),
        before: "A=\(model) B=\(workspace.path("another"));"
          + " test $RANK != 1 || set -- \"${@/#\"$A\"/$B}\"")
      result.expectJobRefusal("in rank 1 of the job: its model is")
      #expect(!workspace.exists("a.npy"))
    }
  }

  @Test func aStudentHasTheBytesOfOneProcess() throws {
    #expect(try BuiltTool.run(words("run", steps: 1)).code == 0)
    func distill(_ out: String) -> [String] {
      [
        "distill", "--model", workspace.path("run"), "--data", workspace.path("data"), "--steps",
        "2", "--epochs", "1", "--batch", "19", "--sample-every", "0", "--out", workspace.path(out),
      ]
    }
    let (one, many) = (try BuiltTool.run(distill("a")), try MPITool.run(2, distill("b")))
    #expect(one.code == 0 && many.code == 0, "\(one.messages) \(many.messages)")
    #expect(try workspace.bytes("b/\(Self.weights)") == workspace.bytes("a/\(Self.weights)"))
  }

  @Test func whatFailsInOneRankEndsTheJobWithItsReason() throws {
    let result = try MPITool.run(
      3, words("run", steps: 2).map { $0 == workspace.path("data") ? "data" : $0 },
      before: "cd \(workspace.path("")); test $RANK != 1 || cd /")
    #expect(result.code == 66, "\(result.messages)")
    #expect(result.messages.contains("ddpm: in rank 1 of the job: data"), "\(result.messages)")
    #expect(!workspace.exists("run/unet"))
  }

  @Test func aRankThatIsKilledEndsTheJob() throws {
    let result = try MPITool.run(
      2, words("run", steps: 100_000),
      before: "test $RANK != 1 || { P=$$; (sleep 10; kill -9 $P) & }")
    #expect(result.code != 0 && result.code != 124, "\(result.code)")
    // What was saved goes on.
    let state = try TrainingState(folder: workspace.path("run"))
    #expect(state.completed >= 0)
  }
}

extension BuiltTool.Result {
  /// Expects that ranks refused to work together, and rank 0 said why; mpirun adds words of its own.
  fileprivate func expectJobRefusal(
    _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let lines = messages.split(separator: "\n").filter { $0.hasPrefix("ddpm: ") }
    #expect(
      code == 65 && lines.count == 1 && parts.allSatisfy { lines.first?.contains($0) ?? false },
      "\(code): \(messages)", sourceLocation: sourceLocation)
  }
}
