// Odd and hostile files through the program: the documented code and one line that names the file.

import Foundation
import TestSupport
import Testing

@Suite("Hostile files given to the program", .needsFixtures)
struct HostileFilesTests {
  /// A line of a manifest.
  struct Entry: Decodable, CustomTestStringConvertible {
    let file: String
    let `as`: String?
    var testDescription: String { file }
  }

  private static func bad(_ folder: String) -> [Entry] {
    let entries = try? JSONDecoder().decode(
      [Entry].self, from: Data(contentsOf: Fixtures.url("\(folder)/manifest.json")))
    return (entries ?? []).filter { $0.file.hasPrefix("bad-") }
  }

  /// Labels of more than ten classes are no fault of a file: letters have 26. See below.
  static let idx = bad("idx").filter { $0.file != "bad-label-value.idx1" }
  static let safetensors = bad("safetensors")

  @Test func noFileIsLeftOut() {
    #expect(Self.idx.count == 55 && Self.safetensors.count == 34)
  }

  @Test(arguments: idx) func noBadImagesOrLabelsAreTrainedOn(entry: Entry) throws {
    let workspace = try Workspace()
    let good = try Fixtures.url("idx/ok-3x28x28.idx3")
    let bad = try Fixtures.url("idx/\(entry.file)")
    let isImages = entry.as == "images"
    let name =
      (isImages ? "train-images-idx3-ubyte" : "train-labels-idx1-ubyte")
      + (entry.file.hasSuffix(".gz") ? ".gz" : "")
    try workspace.copy(good, to: "data/t10k-images-idx3-ubyte")
    if !isImages { try workspace.copy(good, to: "data/train-images-idx3-ubyte") }
    try workspace.copy(bad, to: "data/\(name)")
    let result = try BuiltTool.run([
      "train", "--data", workspace.path("data"), "--steps", "1", "--out", workspace.path("run"),
    ])
    result.expectRefusal(65, "data/\(name)")
    #expect(!workspace.exists("run"), "nothing is begun")
  }

  /// The values of labels only matter to a training that is conditioned on them.
  @Test(arguments: [["--unconditional"], ["--conditional"], []])
  func aLabelFarFromTheOthersMattersToConditionalTraining(words: [String]) throws {
    let workspace = try Workspace()
    for split in ["train", "t10k"] {
      try workspace.copy(
        Fixtures.url("idx/ok-3x28x28.idx3"), to: "data/\(split)-images-idx3-ubyte")
      try workspace.copy(
        Fixtures.url("idx/bad-label-value.idx1"), to: "data/\(split)-labels-idx1-ubyte")
    }
    let common = ["train", "--data", workspace.path("data"), "--steps", "1", "--preset", "tiny"]
    let result = try BuiltTool.run(
      common + ["--batch", "2", "--sample-every", "0", "--out", workspace.path("run")] + words)
    #expect(result.code == 0, "\(result.messages)")
    let note = "of the classes 0 to 10, 8 have no image"
    #expect(result.messages.contains(note) == (words != ["--unconditional"]), "\(result.messages)")
  }

  @Test(arguments: safetensors) func noBadWeightsAreSampledFrom(entry: Entry) throws {
    let workspace = try Workspace()
    for file in ["model_index.json", "unet/config.json", "scheduler/scheduler_config.json"] {
      try workspace.copy(Fixtures.url("pipeline/uncond/\(file)"), to: "model/\(file)")
    }
    let weights = "model/unet/diffusion_pytorch_model.safetensors"
    try workspace.copy(Fixtures.url("safetensors/\(entry.file)"), to: weights)
    let result = try BuiltTool.run([
      "sample", "--model", workspace.path("model"), "--out", workspace.path("x.png"),
    ])
    result.expectRefusal(65, weights)
    #expect(!workspace.exists("x.png"))
  }
}
