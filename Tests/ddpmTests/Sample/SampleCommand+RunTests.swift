// `ddpm sample` as a process: every kind of output holds the library's samples, every fault has its exit
// code.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct SampleCommandRunTests {
  private let workspace: Workspace
  private let model: DiffusionModel

  init() throws {
    workspace = try Workspace()
    model = try workspace.makeModel()
  }

  private func sample(_ out: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["sample", "--model", workspace.path("model"), "--steps", "3", "--out", workspace.path(out)]
        + more)
  }

  /// The same samples by the library; without steps, the noise they start from.
  private func samples(
    _ count: Int, steps: Int = 3, _ sampler: any Sampler = DDIMSampler(), seed: UInt64 = 0
  ) throws -> Images {
    let plan =
      steps == 0 ? SamplingPlan(sampler, along: []) : SamplingPlan(sampler, steps: steps)
    var options = SamplingOptions(threads: 1)
    options.seed = seed
    return try model.sample(count, plan, options).images
  }

  @Test func arraysHoldEveryImage() throws {
    let images = try samples(5)
    for name in ["a.idx", "a.idx.gz", "a.npy"] {
      let result = try sample(name, "--count", "5", "--quiet")
      #expect(result.code == 0 && result.messages.isEmpty)
      #expect(result.output == workspace.path(name) + "\n")
    }
    for name in ["a.idx", "a.idx.gz"] {
      #expect(try IDX.images(at: workspace.path(name)) == ByteImages(images))
    }
    #expect(try workspace.bytes("a.idx").count == 16 + 5 * 64)
    #expect(try workspace.bytes("a.idx.gz").starts(with: [0x1f, 0x8b]))
    #expect(try workspace.bytes("a.npy") == images.npy)
    #expect(images.npy.count == 128 + 4 * 5 * 64)
  }

  /// A portion is 64 images per thread at first: these take three of them and a part of a fourth, and are what
  /// the library draws all at once.
  @Test func aLargeArrayIsWrittenInPortions() throws {
    let images = try samples(450)
    for name in ["a.idx", "b.idx.gz", "c.npy"] {
      let result = try sample(name, "--count", "450", "--threads", "1", "--quiet")
      #expect(result.code == 0 && result.messages.isEmpty)
    }
    try IDX.write(ByteImages(images), to: workspace.path("whole.idx"))
    try IDX.write(ByteImages(images), to: workspace.path("whole.idx.gz"))
    #expect(try workspace.bytes("a.idx") == workspace.bytes("whole.idx"))
    #expect(try workspace.bytes("b.idx.gz") == workspace.bytes("whole.idx.gz"))
    #expect(try workspace.bytes("c.npy") == images.npy)
  }

  @Test func anArrayThatIsStoppedLeavesTheOldFile() throws {
    try workspace.write("old", to: "a.npy")
    let result = try BuiltTool.shell(
      """
      cd '\(workspace.path(""))' || exit
      "$0" sample --model model --steps 500 --count 100000 --out a.npy &
      pid=$!
      for _ in $(seq 600); do [ -s .a.npy.tmp ] && break; sleep 0.1; done
      kill -TERM $pid; wait $pid; echo "ended with $?"
      cat a.npy; ls -A
      """)
    #expect(result.output.contains("ended with 143\nolda.npy"), "\(result.output)")
    #expect(result.messages.contains("stopped: what was drawn is not kept"))
    #expect(!result.output.contains("tmp"))
  }

  /// On the cosine schedule Heun's first step is too long in few steps; on the linear one it is not.
  @Test func aLeapOfHeunsIsSaid() throws {
    #expect(try !sample("a.png", "--sampler", "heun").messages.contains("Heun's first step"))
    let trainer = try Trainer(
      UNetConfiguration(.tiny, imageSize: Workspace.size, classes: nil),
      schedule: NoiseSchedule(.cosine, timesteps: 1000), prediction: .velocity,
      data: ByteImages(size: Workspace.size, pixels: Array(repeating: 0, count: 64)),
      TrainingOptions(threads: 1))
    try trainer.snapshot().save(to: workspace.path("model"))
    let result = try sample("a.png", "--sampler", "heun")
    #expect(
      result.code == 0 && result.messages.contains("divides the noise by"), "\(result.messages)")
    #expect(try !sample("a.png", "--sampler", "ddim2").messages.contains("Heun"))
  }

  @Test func aFolderGetsAPictureOfEachImage() throws {
    _ = try workspace.makeModel(classes: 3)
    func sampleEach(_ out: String, _ words: String...) throws -> BuiltTool.Result {
      try BuiltTool.run(
        ["sample", "--model", workspace.path("model"), "--steps", "3"]
          + ["--out", workspace.path(out) + "/"] + words)
    }
    let result = try sampleEach("each", "--count", "4", "--class", "all")
    #expect(
      result.code == 0 && result.output == workspace.path("each") + "/\n", "\(result.messages)")
    let images = try labelled("4")
    for (place, name) in ["000000-0", "000001-1", "000002-2", "000003-0"].enumerated() {
      let picture = try PNG.read(workspace.path("each/\(name).png"))
      #expect(picture.pixels == images[place..<place + 1].pixels)
      let texts = try PNGChunks(workspace.bytes("each/\(name).png")).texts
      #expect(texts["image"] == "\(place)" && texts["seed"] == "0")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path("each")).count == 4)
    // A share of a job has the numbers of its own images.
    #expect(try sampleEach("each", "--first", "4", "--count", "1").code == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: workspace.path("each"))
    #expect(names.count == 5 && names.contains("000004-1.png"))
    try sampleEach("a.png", "--grid", "2").expectRefusal(64, "one by one")
    try workspace.write("x", to: "file")
    try sampleEach("file").expectRefusal(73, "cannot be created")
  }

  /// Images as the idx file holds them, whose labels lie beside them.
  private func labelled(_ count: String) throws -> ByteImages {
    let result = try sample("a.idx.gz", "--count", count)
    #expect(
      result.output == workspace.path("a.idx.gz") + "\n" + workspace.path("a-labels.idx.gz") + "\n")
    let labels = try IDX.labels(at: workspace.path("a-labels.idx.gz"))
    #expect(labels == Array([0, 1, 2, 0].prefix(labels.count)))
    return try IDX.images(at: workspace.path("a.idx.gz"))
  }

  /// Images of 8 x 8 are enlarged tenfold, with a line of a pixel between them.
  @Test(arguments: [
    (["--count", "5"], 3, 2), (["--count", "5", "--grid", "5"], 5, 1),
    (["--count", "2", "--grid", "1"], 1, 2), ([], 8, 8),
  ])
  func picturesAreGrids(words: [String], columns: Int, rows: Int) throws {
    let count = words.first == "--count" ? Int(words[1]) ?? 0 : 64
    let grid = ByteImages(try samples(count)).grid(columns: columns, scale: 10)
    #expect(grid.width == 10 * (9 * columns - 1) && grid.height == 10 * (9 * rows - 1))
    let common = ["sample", "--model", workspace.path("model"), "--steps", "3"] + words
    for name in ["a.png", "a.pgm"] {
      #expect(try BuiltTool.run(common + ["--out", workspace.path(name)]).code == 0)
    }
    let picture = try PNGChunks(workspace.bytes("a.png"))
    #expect(picture.width == grid.width && picture.height == grid.height)
    let header = "P5\n\(grid.width) \(grid.height)\n255\n"
    #expect(try workspace.bytes("a.pgm") == Array(header.utf8) + grid.pixels)
  }

  @Test func aPictureRecordsHowItWasMade() throws {
    _ = try sample("a.png", "--count", "2", "--eta", "0.5", "--seed", "7")
    #expect(
      try PNGChunks(workspace.bytes("a.png")).texts == [
        "Software": "ddpm 0.1.0", "model": workspace.path("model"), "sampler": "ddim",
        "steps": "3", "eta": "0.5", "spacing": "trailing", "seed": "7",
      ])
    _ = try sample("b.png", "--count", "1", "--sampler", "ddpm", "--variance", "large")
    let texts = try PNGChunks(workspace.bytes("b.png")).texts
    #expect(texts["sampler"] == "ddpm" && texts["variance"] == "large" && texts["seed"] == "0")
    // Of a file's noise the seed adds more.
    let noise = workspace.path("noise.npy")
    try Data(samples(1, steps: 0).npy).write(to: URL(filePath: noise))
    _ = try sample("c.png", "--noise", noise, "--eta", "1", "--seed", "5", "--no-clip")
    let others = try PNGChunks(workspace.bytes("c.png")).texts
    #expect(others["noise"] == noise && others["seed"] == "5" && others["clipping"] == "none")
    _ = try sample("d.png", "--clip", "dynamic")
    let dynamic = try PNGChunks(workspace.bytes("d.png")).texts
    #expect(dynamic["clipping"] == "dynamic, quantile 0.995")
  }

  @Test func theFlagsReachTheSampler() throws {
    let runs: [(name: String, words: [String], images: Images)] = [
      (
        "a", ["--eta", "0.5", "--seed", "7"], try samples(3, DDIMSampler(eta: .value(0.5)), seed: 7)
      ),
      ("b", ["--eta", "hat"], try samples(3, DDIMSampler(eta: .hat))),
      ("c", ["--sampler", "ddpm"], try samples(3, DDPMSampler())),
      (
        "d", ["--sampler", "ddpm", "--variance", "large"],
        try samples(3, DDPMSampler(variance: .large))
      ),
      ("e", ["--batch", "2", "--threads", "3"], try samples(3)),
    ]
    for run in runs {
      let words = ["--steps", "3", "--count", "3", "--out", workspace.path("\(run.name).npy")]
      let result = try BuiltTool.run(
        ["sample", "--model", workspace.path("model")] + words + run.words)
      #expect(result.code == 0)
      #expect(try workspace.bytes("\(run.name).npy") == run.images.npy, "\(run.words)")
    }
    // By its definition hat is the large variance; all others are to be told apart.
    #expect(Set(runs.filter { $0.name != "b" }.map(\.images.values)).count == runs.count - 1)
  }

  @Test func noiseFromAFileIsWhereSamplingStarts() throws {
    let noise = try samples(4, steps: 0)
    try Data(noise.npy).write(to: URL(filePath: workspace.path("noise.npy")))
    // The seed's own noise, given back to it: the same images, as many as the file has.
    #expect(try sample("a.npy", "--noise", workspace.path("noise.npy")).code == 0)
    #expect(try workspace.bytes("a.npy") == samples(4).npy)
    #expect(
      try sample("b.npy", "--noise", workspace.path("noise.npy"), "--count", "2").code == 0)
    #expect(try workspace.bytes("b.npy") == samples(2).npy)
    try sample("c.npy", "--noise", workspace.path("noise.npy"), "--count", "5")
      .expectRefusal(65, "noise.npy", "holds 4 images")
  }

  @Test func noiseOfAnotherSizeIsRefused() throws {
    let size = ImageSize(height: 4, width: 8, channels: 1)
    let noise = Images(size: size, values: Array(repeating: 0, count: size.values))
    try Data(noise.npy).write(to: URL(filePath: workspace.path("noise.npy")))
    try sample("a.npy", "--noise", workspace.path("noise.npy"), "--quiet")
      .expectRefusal(65, "noise.npy", "4 x 8", "8 x 8")
    try sample("a.npy", "--noise", workspace.path("nothing.npy"), "--quiet")
      .expectRefusal(66, "nothing.npy: no such")
  }

  @Test func withoutARunTheModelThatShipsIsTaken() throws {
    let result = try BuiltTool.shell(
      """
      cd '\(workspace.path(""))' && mkdir -p data && mv model data/model \\
        && exec "$0" sample --count 1 --steps 1 --out a.png
      """)
    #expect(result.code == 0 && result.messages.contains("taking the model that ships"))
    #expect(workspace.exists("a.png"))
  }

  @Test func aMissingModelNamesTheWaysOut() throws {
    try BuiltTool.run([
      "sample", "--model", workspace.path("nothing"), "--out", workspace.path("a.png"),
    ])
    .expectRefusal(66, workspace.path("nothing") + ": no such")
    try BuiltTool.shell("cd \(workspace.path("model")) && \"$0\" sample")
      .expectRefusal(66, "runs/mnist", "ddpm train", "--model")
  }

  @Test func anOutputThatCannotBeCreatedIsReportedBeforeTheWork() throws {
    try workspace.write("a file", to: "file")
    for out in ["nothing/a.png", "file/a.npy"] {
      // Not even the sampler is announced.
      try sample(out).expectRefusal(73, workspace.path(out), "cannot be created")
    }
    try sample("nothing/a.png").expectRefusal(73, "there is no such folder")
    // Its temporary needs five bytes more than a file's name may have.
    let long = String(repeating: "a", count: 247) + ".png"
    try sample(long).expectRefusal(73, "File name too long")
    #expect(try sample(String(long.dropFirst()), "--count", "1").code == 0)
  }

  @Test func aPictureThatCannotHoldTheChannelsIsRefusedBeforeTheWork() throws {
    let grey = OutputFile.picture(path: "a.pgm", .pgm, columns: nil)
    try grey.check(channels: 1)
    #expect(throws: UsageError.self) { try grey.check(channels: 3) }
    try OutputFile.picture(path: "a.png", .png, columns: nil).check(channels: 3)
  }

  @Test func aNameThatIsNoTextIsRefused() throws {
    try BuiltTool.shell("\"$0\" sample --out $'\\xff.png'").expectRefusal(64, "is not UTF-8 text")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full here"))
  func aFullDiskEndsWith74() throws {
    let full = workspace.path("full.png")
    try FileManager.default.createSymbolicLink(atPath: full, withDestinationPath: "/dev/full")
    try sample("full.png", "--quiet").expectRefusal(74, full, "No space left on device")
    let line =
      "--model \(workspace.path("model")) --steps 1 --quiet --out \(workspace.path("a.png"))"
    try BuiltTool.shell("\"$0\" sample \(line) > /dev/full")
      .expectRefusal(74, "standard output: cannot be written")
    #expect(workspace.exists("a.png"))
  }

  @Test func aProcessShorterThanTheUsualStepsIsWalkedWhole() throws {
    _ = try workspace.makeModel(timesteps: 30)
    let result = try workspace.sample(["--count", "1", "--out", workspace.path("a.png")])
    #expect(result.code == 0, "\(result.messages)")
    #expect(try PNGChunks(workspace.bytes("a.png")).texts["steps"] == "30")
  }

  @Test func stepsThatCannotBeTakenAreAUsageError() throws {
    try sample("a.png", "--spacing", "quadratic", "--steps=2000").expectRefusal(64, "--steps")
    try BuiltTool.run([
      "sample", "--model", workspace.path("model"), "--steps", "1001", "--out",
      workspace.path("a.png"),
    ]).expectRefusal(64, "1001 steps of 1000 timesteps")
  }

  @Test func thePreviewIsAMessageOfPlainCharactersWhereThereIsNoTerminal() throws {
    let result = try sample("a.png", "--count", "4", "--preview", "--quiet")
    #expect(result.code == 0 && result.output == workspace.path("a.png") + "\n")
    let lines = result.messages.split(separator: "\n", omittingEmptySubsequences: false)
    // Two rows of 8 pixels and a line between them, two pixels a character, and the last line's end.
    #expect(lines.count == 9 + 1)
    #expect(lines.allSatisfy { line in line.count <= 17 && line.allSatisfy(\.isASCII) })
    #expect(result.messages.contains { !$0.isWhitespace })
  }
}
