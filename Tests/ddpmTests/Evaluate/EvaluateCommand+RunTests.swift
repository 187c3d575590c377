// `ddpm evaluate` as a process: the table, the JSON, the files in the folder, and the exit code of every
// fault.

import Diffusion
import Foundation
import Testing

@Suite struct EvaluateCommandRunTests {
  private let workspace: Workspace
  private let model: DiffusionModel
  private let data: String

  init() throws {
    workspace = try Workspace()
    model = try workspace.makeModel()
    data = try workspace.makeData()
  }

  private func evaluate(_ words: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(["evaluate", "--model", workspace.path("model"), "--count", "5"] + words)
  }

  private var small: [String] { ["--data", data, "--steps", "2,3", "--eta", "0,0.5,1,hat"] }

  private static let pictures = [
    "ddim", "ddim-eta-0.5", "ddpm-small-variance", "ddpm-large-variance",
  ].flatMap { name in [2, 3].map { "\(name)-trailing-steps\($0).png" } }

  @Test func theFolderHoldsTheReportAndOnePicturePerCell() throws {
    let result = try BuiltTool.run(
      ["evaluate", "--model", workspace.path("model"), "--count", "5"] + small)
    #expect(result.code == 0)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: workspace.path("model/evaluation"))
    let others = [
      "report.html", "report.json", "table.csv", "table.md", "kept",
      "consistency-trailing.png",
      "reconstruction-trailing.png",
      "edit-interpolation.png", "edit-inpainting.png", "edit-noising.png",
    ]
    #expect(names.sorted() == (Self.pictures + others).sorted())
    for words in [
      "sampler               2 steps  3 steps\nDDIM ", "DDPM, large variance", "trailing spacing",
      "at eta 1 is DDPM with the small variance, at hat DDPM with the large", "weights ", "seed 0",
      "estimates clipped to ±1", "decoder", "Held-out loss", "5 test images", "Reconstruction",
      "Nearest training image", "Consistency", "Images per second", "(NFE)",
      "the same numbers for as many",
    ] { #expect(result.output.contains(words), "\(words)") }
    #expect(result.messages.contains("fd, kd, pr are left out: --count 5 is too few images"))
    // 5 images in 4 · (2 + 3) steps, 11 times for bits/dim, 10 triples for the loss, 5 images in 2 + 3
    // steps there and back by two solvers, and 6 images edited in 40, 100 and 10 steps.
    #expect(result.messages.contains("8 cells, 1165 runs of the network on an image: about"))
  }

  @Test func theJSONIsTheReport() throws {
    let result = try BuiltTool.run(
      ["evaluate", "--model", workspace.path("model"), "--count", "5", "--json", "--quiet"] + small
        + ["--out", workspace.path("out")])
    #expect(result.code == 0 && result.messages.isEmpty)
    #expect(
      result.output == String(decoding: try workspace.bytes("out/report.json"), as: UTF8.self))
    let report = try JSON.parse(result.output.utf8)
    #expect(
      report["schema"] == 3 && report["spacings"] == ["trailing"] && report["data"] == .string(data)
    )
    #expect(report["clipping"] == 1.0 && report["seed"] == "0" && report["timesteps"] == 1000)

    let cells = report["cells"].elements
    #expect(cells.map { $0["grid"] } == Self.pictures.map(JSON.string))
    let samplers: [JSON] = [
      "DDIM", "DDIM, eta 0.5", "DDPM, small variance", "DDPM, large variance",
    ]
    #expect(cells.map { $0["sampler"] } == samplers.flatMap { [$0, $0] })
    #expect(cells.map { $0["nfe"] } == [2, 3, 2, 3, 2, 3, 2, 3])
    #expect(cells.map { $0["network_evaluations"] } == [10, 15, 10, 15, 10, 15, 10, 15])
    for cell in cells {
      #expect(cell["images"] == 5)
      let perSecond = 5 / (cell["seconds"].double ?? 0)
      #expect(abs((cell["images_per_second"].double ?? 0) / perSecond - 1) < 1e-9)
    }
  }

  /// No image is drawn for it.
  @Test func theBoundOfTheOptimalVarianceIsMeasuredByItself() throws {
    let result = try evaluate(
      "--data", data, "--metrics", "bpd", "--sampler", "ddpm-optimal", "--json")
    let report = try JSON.parse(result.output.utf8)
    #expect(report["cells"] == .null)
    let bounds = report["bits_per_dimension"].elements
    #expect(bounds.map { $0["variance"] } == ["small", "large", "optimal"])
    #expect(try #require(bounds.last?["unclipped_decoder"]["mean"].double).isFinite)
  }

  @Test func theNumbersAreTheLibrarys() throws {
    let result = try evaluate("--data", data, "--metrics", "bpd,loss", "--json", "--seed", "3")
    let report = try JSON.parse(result.output.utf8)
    #expect(report["cells"] == .null)
    let images = try Dataset.load(folder: data, split: .test).images
    let likelihoods = model.likelihoods(of: images, count: 5, seed: 3, threads: 1)
    let bounds = report["bits_per_dimension"].elements
    #expect(bounds.map { $0["variance"] } == ["small", "large"])
    for (bound, likelihood) in zip(bounds, likelihoods) {
      for (key, bits) in [
        ("total", likelihood.total), ("prior", likelihood.prior), ("middle", likelihood.middle),
        ("decoder", likelihood.decoder),
      ] {
        #expect(bound[key]["mean"].double == bits.mean)
        #expect(bound[key]["standard_error"].double == bits.standardError)
      }
      let octaves = bound["by_timestep"].elements
      #expect(octaves.map { $0["bits"]["mean"].double } == likelihood.octaves.map(\.bits.mean))
      #expect(octaves.first?["first"] == 2 && octaves.last?["last"] == 1000)
    }
    // As many triples as ranges at least, however few images are asked for.
    let loss = HeldOutLoss(on: images, count: 10)(model, threads: 1)
    #expect(report["held_out_loss"]["mean"].double == loss.mean)
    let ranges = report["held_out_loss"]["by_timestep"].elements
    #expect(ranges.map { $0["loss"].double } == loss.byTimestep)
    #expect(ranges[0]["first"] == 1 && ranges[0]["last"] == 100 && ranges[9]["last"] == 1000)
  }

  @Test func threadsChangeNothingButTheTime() throws {
    let words = ["--data", data, "--steps", "2", "--eta", "1", "--json"]
    let pictures = try ["1", "3"].map { threads in
      let result = try BuiltTool.run(
        ["evaluate", "--model", workspace.path("model"), "--count", "9", "--threads", threads]
          + ["--out", workspace.path("out\(threads)")] + words)
      let report = try JSON.parse(result.output.utf8)
      return (
        report["bits_per_dimension"], report["held_out_loss"],
        try workspace.bytes("out\(threads)/ddpm-small-variance-trailing-steps2.png")
      )
    }
    #expect(pictures[0] == pictures[1])
    #expect(pictures[0].0.elements.count == 2)
  }

  @Test func aPictureHoldsTheSamplesAndRecordsHowTheyWereMade() throws {
    let words = ["--metrics", "time", "--steps", "3", "--eta", "hat", "--seed", "7"]
    let result = try BuiltTool.run(
      ["evaluate", "--model", workspace.path("model"), "--count", "70"] + words)
    #expect(result.code == 0)
    let bytes = try workspace.bytes("model/evaluation/ddpm-large-variance-trailing-steps3.png")
    #expect(
      try PNGChunks(bytes).texts == [
        "Software": "ddpm 0.1.0", "model": workspace.path("model"),
        "sampler": "DDPM, large variance", "steps": "3", "eta": "hat", "spacing": "trailing",
        "seed": "7",
      ])
    // The first 64 of the images that `sample` draws, in the same layout.
    let sampled = try BuiltTool.run([
      "sample", "--model", workspace.path("model"), "--steps", "3", "--eta", "hat", "--seed", "7",
      "--out", workspace.path("samples.png"),
    ])
    #expect(sampled.code == 0)
    let samples = try PNGChunks(workspace.bytes("samples.png"))
    #expect(try PNGChunks(bytes).data == samples.data && !samples.data.isEmpty)
  }

  @Test func withoutDataTimeIsLeft() throws {
    let result = try BuiltTool.shell(
      "cd \(workspace.path("model")) && \"$0\" evaluate --model . --count 5 --steps 2 --json")
    #expect(result.code == 0 && result.messages.contains("bpd, loss are left out: "))
    let report = try JSON.parse(result.output.utf8)
    #expect(report["cells"].elements.count == 3 && report["bits_per_dimension"] == .null)
    #expect(report["left_out"].elements.count == 3 && report["metrics"] == ["time"])
    #expect(report["data"] == .null)
    // Data or a metric that was asked for is not left out.
    for words in ["--metrics bpd", "--data nothing"] {
      try BuiltTool.shell("cd \(workspace.path("model")) && \"$0\" evaluate --model . \(words)")
        .expectRefusal(66, "no such file or folder")
    }
  }

  @Test func dataOfAnotherSizeIsRefused() throws {
    try evaluate("--data", "synthetic", "--quiet")
      .expectRefusal(65, "synthetic", "28 x 28", "8 x 8", "--metrics time")
    #expect(!workspace.exists("model/evaluation"))
    let time = try evaluate("--metrics", "time", "--steps", "1")
    #expect(time.code == 0)
  }

  @Test func stepsThatTheProcessLacksAreRefusedOnlyWhenAskedFor() throws {
    try evaluate("--data", data, "--steps", "10,1001")
      .expectRefusal(64, "1001 steps of 1000 timesteps")
    let short = try Trainer(
      model.configuration, schedule: NoiseSchedule(.cosine, timesteps: 12), prediction: .noise,
      data: blackImage(model.imageSize), TrainingOptions(threads: 1))
    try short.snapshot().save(to: workspace.path("short"))
    let result = try BuiltTool.run([
      "evaluate", "--model", workspace.path("short"), "--data", data, "--count", "2", "--eta", "0",
      "--json",
    ])
    let report = try JSON.parse(result.output.utf8)
    #expect(report["cells"].elements.map { $0["steps"] } == [10])
  }

  @Test func anOutputThatCannotBeCreatedIsReportedBeforeTheWork() throws {
    try workspace.write("a file", to: "file")
    try evaluate("--data", data, "--out", workspace.path("file/out"))
      .expectRefusal(73, "file/out", "cannot be created")
    try evaluate("--data", data, "--out", workspace.path("file"))
      .expectRefusal(73, "file", "cannot be created")
  }

  @Test func imagesWithoutColoursAreEvaluatedWithoutPictures() throws {
    let size = ImageSize(height: 8, width: 8, channels: 2)
    let trainer = try Trainer(
      UNetConfiguration(.tiny, imageSize: size),
      schedule: NoiseSchedule(.cosine, timesteps: 50), prediction: .noise,
      data: blackImage(size), TrainingOptions(threads: 1))
    try trainer.snapshot().save(to: workspace.path("two"))
    let result = try BuiltTool.run([
      "evaluate", "--model", workspace.path("two"), "--count", "3", "--metrics", "time", "--steps",
      "2", "--eta", "0", "--json", "--quiet",
    ])
    #expect(result.code == 0 && result.messages.isEmpty)
    let report = try JSON.parse(result.output.utf8)
    #expect(report["cells"].elements.map { $0["grid"] } == [.null])
  }
}

private func blackImage(_ size: ImageSize) -> ByteImages {
  ByteImages(size: size, pixels: Array(repeating: 0, count: size.values))
}
