// Classes at the command line: trained with, drawn, measured and refused.

import Diffusion
import Foundation
import Testing

@Suite struct ConditionalTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func sample(_ out: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["sample", "--model", workspace.path("model"), "--steps", "2", "--out", workspace.path(out)]
        + ["--quiet"] + more)
  }

  private func images(
    _ model: DiffusionModel, _ count: Int, _ classes: ClassChoice?, guidance: Double? = nil
  ) throws -> Images {
    var options = SamplingOptions(threads: 1)
    (options.classes, options.guidance) = (classes, guidance.map { Guidance($0) })
    return try model.sample(count, .ddim(steps: 2), options).images
  }

  @Test func aConditionalTrainingLeavesAConditionalModel() throws {
    let run = workspace.path("run")
    let words = ["train", "--data", try workspace.makeData(classes: 3), "--preset", "tiny"]
    let result = try BuiltTool.run(
      words + ["--steps", "2", "--batch", "4", "--conditional", "--out", run])
    #expect(result.code == 0 && result.messages.contains("labels 0 to 2"), "\(result.messages)")
    let model = try DiffusionModel(folder: run)
    #expect(model.configuration.classes == 4 && model.configuration.nullClass == 3)
    let picture = try PNGChunks(workspace.bytes("run/samples/step-000002.png"))
    #expect(picture.texts["class"] == "all" && picture.texts["guidance"] == "0")
    // 36 images of three classes, three rows of twelve: 8 pixels and a line each, tenfold.
    #expect(picture.width == 10 * (9 * 12 - 1) && picture.height == 10 * (9 * 3 - 1))

    let report = try BuiltTool.run([
      "evaluate", "--model", run, "--data", workspace.path("data"), "--count", "6", "--steps", "2",
      "--eta", "0", "--json",
    ])
    #expect(report.code == 0 && report.output.contains("\"classes\": 3"))
    let dataset = try Dataset.load(folder: workspace.path("data"), split: .test)
    let likelihood = model.likelihoods(
      of: dataset.images, labels: dataset.labels, count: 6, seed: 0, threads: 1)[0]
    #expect(report.output.contains("\(likelihood.total.mean)"))
    let table = String(decoding: try workspace.bytes("run/evaluation/table.md"), as: UTF8.self)
    #expect(
      table.contains("the same noise, classes in turn")
        && table.contains("given their labels, drawn"))
    let cell = try PNGChunks(workspace.bytes("run/evaluation/ddim-trailing-steps2.png"))
    #expect(cell.texts["class"] == "all" && cell.height == 10 * (9 * 3 - 1))
  }

  @Test func dataWithoutClassesAreRefused() throws {
    let words =
      ["train", "--preset", "tiny", "--steps", "1", "--quiet", "--conditional"]
      + ["--out", workspace.path("run"), "--data", try workspace.makeData()]
    try BuiltTool.run(words).expectRefusal(65, workspace.path("data"), "has no labels")
    _ = try workspace.makeData(classes: 3)
    try workspace.writeLabels([0, 1, 2, 3, 0, 0], of: "t10k")
    try BuiltTool.run(words).expectRefusal(65, "has the label 3", "3 classes are 0 to 2")
    #expect(!workspace.exists("run"))

    _ = try workspace.makeModel(classes: 2)
    try BuiltTool.run(
      ["evaluate", "--model", workspace.path("model"), "--data", workspace.path("data"), "--quiet"]
    ).expectRefusal(65, "has the label 2", "2 classes are 0 to 1")
  }

  @Test func theFlagsReachTheSampler() throws {
    let model = try workspace.makeModel(classes: 3)
    let runs: [(words: [String], images: Images)] = [
      ([], try images(model, 4, .all)), (["--class", "all"], try images(model, 4, .all)),
      (["--class", "2"], try images(model, 4, .one(2))),
      (["--class=2", "--guidance", "0"], try images(model, 4, .one(2))),
      (["--class=2", "--guidance", "1.5"], try images(model, 4, .one(2), guidance: 1.5)),
    ]
    for (words, images) in runs {
      let common = ["sample", "--model", workspace.path("model"), "--steps", "2", "--count", "4"]
      let result = try BuiltTool.run(common + ["--out", workspace.path("a.npy")] + words)
      #expect(result.code == 0)
      #expect(try workspace.bytes("a.npy") == images.npy, "\(words)")
    }
    #expect(Set(runs.map(\.images.values)).count == 3)
  }

  /// Image i is of class i mod 3: in a grid with one row per class, the columns follow one another.
  @Test func aPictureHasOneRowPerClassAndRecordsClassAndGuidance() throws {
    let model = try workspace.makeModel(classes: 3)
    #expect(try sample("a.pgm").code == 0)
    let grid = ByteImages(try images(model, 24, .all)).grid(rows: 3, scale: 10)
    #expect(grid.width == 10 * (9 * 8 - 1))
    #expect(try workspace.bytes("a.pgm").suffix(grid.pixels.count) == grid.pixels[...])
    #expect(try sample("b.png", "--count", "4", "--guidance", "2").code == 0)
    let all = try PNGChunks(workspace.bytes("b.png"))
    #expect(all.texts["class"] == "all" && all.texts["guidance"] == "2")
    #expect(all.width == 10 * 17 && all.height == 10 * 26)
    // Columns asked for, few images, or one class: as without classes.
    for (words, width, height) in [
      (["--count", "4", "--grid", "4"], 35, 8), (["--count", "3"], 17, 17),
      (["--class", "1"], 71, 71),
    ] {
      #expect(
        try BuiltTool.run(
          ["sample", "--model", workspace.path("model"), "--steps", "1", "--quiet"]
            + ["--out", workspace.path("c.png")] + words
        ).code == 0)
      let picture = try PNGChunks(workspace.bytes("c.png"))
      #expect(picture.width == 10 * width && picture.height == 10 * height, "\(words)")
    }
    #expect(try PNGChunks(workspace.bytes("c.png")).texts["class"] == "1")
  }

  @Test func anEvaluationsCellsAreGuided() throws {
    _ = try workspace.makeModel(classes: 3)
    func evaluate(_ words: String...) throws -> BuiltTool.Result {
      try BuiltTool.run(
        ["evaluate", "--model", workspace.path("model"), "--out", workspace.path("out")]
          + ["--metrics", "time", "--count", "4", "--steps", "2", "--eta", "0"] + words)
    }
    let picture = "out/ddim-trailing-steps2.png"
    #expect(try evaluate().output.contains("What the time depends on."))
    let plain = try workspace.bytes(picture)
    let guided = try evaluate("--guidance", "2")
    #expect(guided.messages.contains("1 cell, 16 runs of the network") && guided.code == 0)
    #expect(
      guided.output.contains("guidance 2") && guided.output.contains("a guided estimate takes two"))
    #expect(try workspace.bytes(picture) != plain)
    #expect(try PNGChunks(workspace.bytes(picture)).texts["guidance"] == "2")
    let sampled = try sample("a.png", "--count", "4", "--guidance", "2")
    #expect(sampled.code == 0)
    let drawn = try PNGChunks(workspace.bytes("a.png"))
    #expect(try PNGChunks(workspace.bytes(picture)).data == drawn.data)

    let json = try JSON.parse(try evaluate("--guidance", "2", "--json").output.utf8)
    #expect(json["guidance"] == 2.0)
    #expect(json["cells"].elements.first?["network_evaluations"] == 16)
    _ = try workspace.makeModel()
    try evaluate("--guidance", "2").expectRefusal(64, "knows no classes", "data with labels")
  }

  @Test func whatTheModelCannotDrawIsRefused() throws {
    _ = try workspace.makeModel()
    for words in [
      ["--class", "0"], ["--class", "all"], ["--guidance", "1"], ["--guidance", "0"],
    ] {
      try sample("a.png", words[0], words[1]).expectRefusal(
        64, "knows no classes", "data with labels")
    }
    _ = try workspace.makeModel(classes: 3)
    try sample("a.png", "--class", "3").expectRefusal(64, "no class 3", "take 0 to 2, or all")
    let path = workspace.path("model/unet/config.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try workspace.write(
      text.replacing("\"_ddpm_null_class\": 3,", with: ""), to: "model/unet/config.json")
    try sample("a.png", "--guidance", "1").expectRefusal(64, "_ddpm_null_class")
    #expect(try sample("a.png", "--class", "3", "--count", "1").code == 0)
    try workspace.write(
      text.replacing("\"_ddpm_null_class\": 3,", with: "\"_ddpm_null_class\": 2,"),
      to: "model/unet/config.json")
    try sample("a.png").expectRefusal(65, "config.json: _ddpm_null_class is 2")
  }
}
