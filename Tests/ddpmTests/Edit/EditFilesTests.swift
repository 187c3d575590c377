// What `ddpm edit` reads and writes beside its images: labels, latents, and places that cannot be.

import Diffusion
import Foundation
import Testing

@Suite struct EditFilesTests {
  private let workspace: Workspace
  private let model: DiffusionModel

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
    model = try workspace.makeModel(classes: 3, prediction: .velocity)
  }

  private func run(_ command: String) throws -> BuiltTool.Result {
    try BuiltTool.shell("cd '\(workspace.path(""))' && exec \"$0\" \(command)")
  }

  /// The printed command is taken at its word: the labels lie beside the latents.
  @Test func thePrintedCommandDrawsTheSameImages() throws {
    let edited = try run(
      "edit --model model --data data --steps 4 --pick 2,0,1,5 --guidance 0.5 --latents 'x y.npy'"
        + " --out again.npy")
    #expect(edited.output == "x y.npy\nx y-labels.idx\nagain.npy\n")
    let labels = try Dataset.load(folder: workspace.path("data"), split: .test).labels ?? []
    #expect(
      try IDX.labels(at: workspace.path("x y-labels.idx")) == [2, 0, 1, 5].map { labels[$0] })
    let line = try #require(edited.messages.split(separator: "\n").first { $0.contains("--noise") })
    let command = try #require(line.split(separator: "ddpm ", maxSplits: 1).last)
    #expect(command.contains("--model model --noise 'x y.npy'") && command.contains("0.5"))
    let sampled = try run(command + " --out sampled.npy")
    #expect(sampled.code == 0, "\(sampled.messages)")
    #expect(try workspace.bytes("sampled.npy") == workspace.bytes("again.npy"))
    // Labels that are not the model's are the file's fault.
    try IDX(shape: [4], bytes: [0, 1, 2, 99]).write(to: workspace.path("x y-labels.idx"))
    try run(command + " --out sampled.npy").expectRefusal(65, "x y-labels.idx", "99")
  }

  @Test func labelsThatNoLongerHoldAreRemoved() throws {
    #expect(try run("sample --model model --count 3 --steps 2 --out a.idx").code == 0)
    #expect(workspace.exists("a-labels.idx"))
    try workspace.makeModel(prediction: .velocity).save(to: workspace.path("model"))
    #expect(try run("sample --model model --count 5 --steps 2 --out a.idx").code == 0)
    #expect(!workspace.exists("a-labels.idx"))
    // Others' labels beside images mean nothing to a model without classes.
    try IDX(shape: [2], bytes: [0, 1]).write(to: workspace.path("a-labels.idx"))
    #expect(try run("edit --model model --from a.idx --steps 2 --out b.npy").code == 0)
  }

  @Test func whatIsDrawnAnewIsKeptWithoutImagesToJudgeBy() throws {
    #expect(try run("sample --model model --count 2 --steps 2 --class 1 --out a.idx").code == 0)
    let result = try run(
      "edit --model model --from a.idx --data nowhere --steps 2 --strength 0.5 --towards 2"
        + " --out b.npy")
    #expect(result.code == 0 && result.messages.contains("seen as 2 is left out: "))
    #expect(try Images(npy: workspace.path("b.npy")).count == 2)
  }

  /// Nothing is computed for a file that cannot be.
  @Test(arguments: [
    ("edit --out a.npy --latents nowhere/x.npy", "nowhere/x.npy"),
    ("edit --out folder.npy", "folder.npy"), ("edit --out loop.npy", "loop.npy"),
    ("sample --out b.idx", "b-labels.idx"),
  ])
  func placesAreCheckedFirst(words: String, path: String) throws {
    let result = try BuiltTool.shell(
      """
      cd '\(workspace.path(""))' && mkdir -p folder.npy b-labels.idx && ln -s loop.npy loop.npy
      set -- \(words) && command=$1 && shift
      exec "$0" $command --model model --steps 2 --count 2 "$@"
      """)
    result.expectRefusal(73, "\(path): cannot be created")
    #expect(!workspace.exists("a.npy") && !workspace.exists("b.idx"))
  }

  /// Channels that are neither grey nor RGB are no image's.
  @Test func onlyGreyAndColourBecomeEachOther() throws {
    let size = ImageSize(height: 8, width: 8, channels: 5)
    let values = [Float](repeating: 0, count: size.values)
    try Data(Images(size: size, values: values).npy)
      .write(to: URL(filePath: workspace.path("five.npy")))
    try run("edit --model model --from five.npy --class 1 --out a.npy")
      .expectRefusal(65, "five.npy", "8 x 8 x 5")
    let colour = ImageSize(height: 8, width: 8, channels: 3)
    let pixels = [[Float]](repeating: [1, -1, 0], count: 64).flatMap(\.self)
    try Data(Images(size: colour, values: pixels).npy)
      .write(to: URL(filePath: workspace.path("rgb.npy")))
    let result = try run(
      "edit --model model --from rgb.npy --class 1 --strength 0 --out a.npy --quiet")
    #expect(result.code == 0 && result.messages.contains("brightness"))
    // 0.299 - 0.587
    #expect(try Images(npy: workspace.path("a.npy")).values.allSatisfy { abs($0 + 0.288) < 1e-6 })
  }
}
