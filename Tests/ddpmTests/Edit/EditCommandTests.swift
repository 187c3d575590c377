// `ddpm edit` as a process: what each edit leaves of the images, and what is refused.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct EditCommandTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
  }

  private func edit(_ out: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["edit", "--model", workspace.path("model"), "--data", workspace.path("data")]
        + ["--steps", "4", "--out", workspace.path(out)] + more)
  }

  private func test() throws -> Dataset {
    try Dataset.load(folder: workspace.path("data"), split: .test)
  }

  @Test(arguments: ["ddim", "ddim2"])
  func latentsAreWhatSamplingStartsFrom(sampler: String) throws {
    _ = try workspace.makeModel(prediction: .velocity)
    let result = try edit(
      "again.npy", "--count", "3", "--latents", workspace.path("x.npy"), "--sampler", sampler)
    #expect(result.code == 0 && result.messages.contains("mean squared error per dimension"))
    #expect(result.output == "\(workspace.path("x.npy"))\n\(workspace.path("again.npy"))\n")
    let sampled = try workspace.sample([
      "--noise", workspace.path("x.npy"), "--steps", "4", "--sampler", sampler, "--no-clip",
      "--out",
      workspace.path("sampled.npy"),
    ])
    #expect(sampled.code == 0)
    #expect(try workspace.bytes("sampled.npy") == workspace.bytes("again.npy"))
  }

  /// The originals stand first in each row of a grid.
  @Test func aGridHasTheOriginalFirst() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    #expect(try edit("a.png", "--pick", "4,1", "--strength", "0,0.5").code == 0)
    let picture = try PNG.read(workspace.path("a.png"))
    // Two rows of three images of 8 x 8, tenfold, lines between.
    #expect(picture.width == 10 * (3 * 9 - 1) && picture.height == 10 * (2 * 9 - 1))
    let images = try test().images
    for (row, number) in [4, 1].enumerated() {
      for column in 0..<2 {
        let pixels = (0..<64).map { place in
          let (x, y) = (10 * (9 * column + place % 8), 10 * (9 * row + place / 8))
          return picture.pixels[y * picture.width + x]
        }
        // Strength 0 is the image too.
        #expect(pixels == images[number..<number + 1].pixels, "row \(row), column \(column)")
      }
    }
    #expect(try PNGChunks(workspace.bytes("a.png")).texts["edit"] == "strengths 0 0.5")
  }

  @Test func whatAMaskShowsComesBackToTheByte() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    let mask = Picture(
      width: 8, height: 8, channels: 1, pixels: (0..<64).map { $0 % 3 == 0 ? 255 : 0 })
    try PNG.write(mask, to: workspace.path("mask.png"))
    let result = try edit(
      "a.idx", "--mask", workspace.path("mask.png"), "--resample", "2", "--jump", "2")
    #expect(result.code == 0 && result.messages.contains("6 evaluations"), "\(result.messages)")
    let (edited, images) = (try IDX.images(at: workspace.path("a.idx")), try test().images)
    #expect(edited.count == 6)
    for (place, pixel) in edited.pixels.enumerated() where place % 64 % 3 != 0 {
      #expect(pixel == images.pixels[place])
    }
    #expect(edited.pixels != images.pixels)
    #expect(try edit("b.png", "--mask", "center", "--count", "2").code == 0)
  }

  @Test func theMeansOfEnlargedImagesAreTheInputs() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    let small = ByteImages(
      size: ImageSize(height: 2, width: 2, channels: 1), pixels: [0, 85, 170, 255, 9, 8, 7, 6])
    try IDX.write(small, to: workspace.path("small.idx"))
    let result = try edit("a.idx", "--from", workspace.path("small.idx"), "--upscale", "4")
    #expect(result.code == 0, "\(result.messages)")
    let means = ByteImages(Images(try IDX.images(at: workspace.path("a.idx"))).shrunk(by: 4))
    for (mean, pixel) in zip(means.pixels, small.pixels) {
      #expect(abs(Int(mean) - Int(pixel)) <= 1)
    }
  }

  @Test func rowsLeadFromEachImageToTheNext() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    #expect(try edit("a.npy", "--class", "1", "--count", "2", "--interpolate", "5").code == 0)
    let rows = try Images(npy: workspace.path("a.npy"))
    #expect(rows.count == 5)
    #expect(try edit("b.npy", "--class", "1", "--count", "2").code == 0)
    let ends = try Images(npy: workspace.path("b.npy"))
    for (end, place) in [(0, 0), (1, 4)] {
      let (a, b) = (
        rows.values[place * 64..<place * 64 + 64], ends.values[end * 64..<end * 64 + 64]
      )
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  /// The corners of a sheet are the images themselves, and its edges are rows between two of them.
  @Test func aSheetLiesBetweenFourImages() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    #expect(try edit("a.npy", "--pick", "0,1,2,3", "--interpolate", "3", "--grid").code == 0)
    let sheet = try Images(npy: workspace.path("a.npy"))
    #expect(sheet.count == 9)
    #expect(try edit("b.npy", "--pick", "0,1,2,3").code == 0)
    let corners = try Images(npy: workspace.path("b.npy"))
    #expect(try edit("c.npy", "--pick", "2,3", "--interpolate", "3").code == 0)
    let lowest = try Images(npy: workspace.path("c.npy"))
    func distance(_ a: Images, _ i: Int, _ b: Images, _ j: Int) -> Float {
      (0..<64).map { abs(a.values[i * 64 + $0] - b.values[j * 64 + $0]) }.max() ?? 1
    }
    for (corner, place) in [0, 2, 6, 8].enumerated() {
      #expect(distance(corners, corner, sheet, place) < 1e-4)
    }
    for place in 0..<3 { #expect(distance(lowest, place, sheet, 6 + place) < 1e-4) }
    try edit("d.png", "--count", "3", "--interpolate", "3", "--grid").expectRefusal(64, "four")
    try edit("d.png", "--grid").expectRefusal(64, "--interpolate")
  }

  /// The evaluation's classifier is learned from the training images, so these must have some of each
  /// class; it is kept in a cache of the test's own.
  @Test func imagesMoveTowardsAClass() throws {
    let model = try workspace.makeModel(prediction: .velocity)
    func move(_ out: String, _ more: String...) throws -> BuiltTool.Result {
      try BuiltTool.shell(
        "XDG_CACHE_HOME='\(workspace.path("cache"))' \"$0\" edit --model '\(workspace.path("model"))'"
          + " --data '\(workspace.path("data"))' --steps 4 --count 2 --out '\(workspace.path(out))' "
          + more.joined(separator: " "))
    }
    let result = try move("a.npy", "--towards 2 --amount 0,1,1")
    #expect(result.code == 0, "\(result.messages)")
    #expect(result.messages.contains("seen as 2") && result.messages.contains("amount 1:"))
    let rows = try Images(npy: workspace.path("a.npy"))
    #expect(rows.count == 6)
    func image(_ row: Int, _ column: Int) -> ArraySlice<Float> {
      let start = (row * 3 + column) * 64
      return rows.values[start..<start + 64]
    }
    // No amount is DDIM there and back.
    let images = Images(try test().prefix(2).images)
    let again = try model.decode(model.encode(images, steps: 4, by: .ddim), steps: 4, by: .ddim)
    #expect(Array(image(0, 0)) == Array(again.values[0..<64]))
    #expect(image(1, 1) == image(1, 2) && image(1, 1) != image(1, 0))
    let names = try FileManager.default.contentsOfDirectory(atPath: workspace.path("model"))
    #expect(names.contains { $0.hasPrefix("class_shifts-") })
    let kept = try workspace.bytes("a.npy")
    let second = try move("a.npy", "--towards 2 --amount 0,1,1")
    #expect(!second.messages.contains("learned once") && second.messages.contains("learned before"))
    #expect(try workspace.bytes("a.npy") == kept)
    try move("b.npy", "--towards 3").expectRefusal(64, "classes from 0 to 2", "no image of 3")
    // Shifts that were changed on the disk are learned again, to the same bytes.
    let name = try #require(names.first { $0.hasPrefix("class_shifts-") })
    var bytes = try workspace.bytes("model/\(name)")
    let good = bytes
    bytes[bytes.count - 2] ^= 1
    try Data(bytes).write(to: URL(filePath: workspace.path("model/\(name)")))
    #expect(try move("c.npy", "--towards 2").messages.contains("learned once"))
    #expect(try workspace.bytes("model/\(name)") == good)
    // Training images of another size are refused before anything is learned from them.
    let large = ImageSize(height: 12, width: 12, channels: 1)
    try IDX.write(
      ByteImages(size: large, pixels: Array(repeating: 0, count: 12 * 144)),
      to: workspace.path("data/train-images-idx3-ubyte"))
    try IDX.write(ByteImages(images), to: workspace.path("two.idx"))
    try move("d.npy", "--from '\(workspace.path("two.idx"))' --class 1 --towards 2")
      .expectRefusal(65, "its images are 12 x 12, those of the model 8 x 8")
    try move("b.npy", "--amount 1").expectRefusal(64, "--towards")
    try move("b.npy", "--towards 2 --sampler ddim").expectRefusal(64, "samplers of their own")
    try move("b.npy", "--towards 2 --strength 0.5").expectRefusal(64, "class")
  }

  @Test func aConditionalModelDrawsAnewAsOfAnotherClass() throws {
    let model = try workspace.makeModel(classes: 3, prediction: .velocity)
    let result = try BuiltTool.shell(
      "XDG_CACHE_HOME='\(workspace.path("cache"))' \"$0\" edit --model '\(workspace.path("model"))'"
        + " --data '\(workspace.path("data"))' --steps 4 --count 2 --class 1 --strength 0.5 --towards 2"
        + " --out '\(workspace.path("a.idx"))'")
    #expect(result.code == 0 && result.messages.contains("strength 0.5"), "\(result.messages)")
    var options = SamplingOptions(threads: 1)
    options.classes = .one(2)
    let all = Images(try test().images)
    let ones = Images(size: all.size, values: Array(all.values[64..<128] + all.values[256..<320]))
    let expected = try model.edit(ones, strength: 0.5, SecondOrderDDIM(), steps: 4, options)
    #expect(try IDX.images(at: workspace.path("a.idx")) == ByteImages(expected))
    #expect(try IDX.labels(at: workspace.path("a-labels.idx")) == [2, 2])
  }

  @Test func aPictureOfOnesOwnIsEdited() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    // A coloured picture for a grey model.
    let pixels = (0..<64 * 3).map { UInt8(truncatingIfNeeded: $0 * 31) }
    try PNG.write(
      Picture(width: 8, height: 8, channels: 3, pixels: pixels), to: workspace.path("own.png"))
    let own = ["--from", workspace.path("own.png")]
    #expect(try edit("a.png", own[0], own[1], "--class", "2").code == 0)
    try edit("a.png", own[0], own[1]).expectRefusal(64, "--class", "0 to 2")
  }

  @Test func labelsBesideAFileAreItsClasses() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    let images = try test().images
    try IDX.write(images, to: workspace.path("own.idx"))
    try ([0, 0, 8, 1, 0, 0, 0, 6] as [UInt8] + [0, 1, 2, 0, 1, 2])
      .save(to: workspace.path("own-labels.idx"))
    let own = ["--from", workspace.path("own.idx"), "--count", "6"]
    #expect(try edit("a.npy", own[0], own[1], own[2], own[3]).code == 0)
    #expect(try edit("b.npy", "--count", "6").code == 0)
    #expect(try workspace.bytes("a.npy") == workspace.bytes("b.npy"))
    try [0, 0, 8, 1, 0, 0, 0, 1, 0].save(to: workspace.path("own-labels.idx"))
    try edit("a.npy", own[0], own[1]).expectRefusal(65, "1 labels for the 6 images")
  }

  @Test func whatCannotBeEditedIsRefused() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    try edit("a.png", "--pick", "6").expectRefusal(65, "6 images", "no 6")
    try edit("a.png", "--class", "2", "--count", "3").expectRefusal(65, "2 images")
    try edit("a.png", "--resample", "2").expectRefusal(64, "add --mask")
    try edit("a.png", "--upscale", "3").expectRefusal(64, "no multiple")
    try edit("a.png", "--strength", "0.5", "--mask", "left").expectRefusal(64, "--mask")
    try edit("a.png", "--strength", "1.5").expectRefusal(64, "--strength")
    try edit("a.png", "--interpolate", "4", "--count", "1").expectRefusal(64, "two or more")
    try edit("a.png", "--from", workspace.path("none.png")).expectRefusal(66, "no such file")
    try edit("a.png", "--mask", workspace.path("none.png")).expectRefusal(66, "no such file")
    try PNG.write(
      Picture(width: 2, height: 2, channels: 1, pixels: [0, 0, 0, 0]), to: workspace.path("m.png"))
    try edit("a.png", "--mask", workspace.path("m.png")).expectRefusal(65, "2 x 2", "8 x 8")
    try edit("a.png", "--from", workspace.path("m.png"), "--class", "0")
      .expectRefusal(65, "2 x 2", "8 x 8")
    try edit("a.png", "--strength", "0.5", "--latents", workspace.path("x.npy"))
      .expectRefusal(64, "--latents")
    try edit("a.png", "--latents", workspace.path("x.png")).expectRefusal(64, ".npy")
    try edit("a.png", "--from", "tset").expectRefusal(64, "did you mean test?")
    try edit("a.png", "--mask", "lefft").expectRefusal(64, "did you mean left?")
    let far = Images(size: Workspace.size, values: [Float](repeating: 1e30, count: 64))
    try far.npy.save(to: workspace.path("far.npy"))
    try edit("a.png", "--from", workspace.path("far.npy"), "--class", "0")
      .expectRefusal(65, "from -1 to 1")
    #expect(!workspace.exists("a.png"))
  }

  @Test func whatIsReadIsNotWrittenOver() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    try IDX.write(test().images, to: workspace.path("own.idx"))
    try PNG.write(
      Picture(width: 8, height: 8, channels: 1, pixels: Array(repeating: 255, count: 64)),
      to: workspace.path("m.png"))
    let (own, mask) = (try workspace.bytes("own.idx"), try workspace.bytes("m.png"))
    try edit("own.idx", "--from", workspace.path("own.idx"), "--class", "0")
      .expectRefusal(64, "--out would replace", "own.idx")
    try edit("m.png", "--mask", workspace.path("m.png")).expectRefusal(64, "--out would replace")
    try edit("a.idx", "--latents", workspace.path("a.npy"), "--interpolate", "3")
      .expectRefusal(64, "a-labels.idx", "two names")
    #expect(try workspace.bytes("own.idx") == own && workspace.bytes("m.png") == mask)
  }

  @Test func aMaskIsReadByItsBrightness() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    func mask(_ name: String, _ pixel: [UInt8]) throws -> BuiltTool.Result {
      let pixels = (0..<64).flatMap { $0 % 8 < 4 ? pixel : Array(repeating: 0, count: pixel.count) }
      try PNG.write(
        Picture(width: 8, height: 8, channels: pixel.count, pixels: pixels),
        to: workspace.path("\(name).png"))
      return try edit("\(name).npy", "--count", "2", "--mask", workspace.path("\(name).png"))
    }
    #expect(try mask("white", [255]).code == 0 && mask("green", [0, 255, 0]).code == 0)
    #expect(try edit("left.npy", "--count", "2", "--mask", "left").code == 0)
    #expect(try workspace.bytes("white.npy") == workspace.bytes("left.npy"))
    #expect(try workspace.bytes("green.npy") == workspace.bytes("left.npy"))
    try mask("red", [255, 0, 0]).expectRefusal(65, "hides nothing")
  }

  @Test func stretchesAreWalkedAgainInFewStepsToo() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    func evaluations(_ more: String...) throws -> String {
      let result = try edit("a.npy", more[0], more[1], "--count", "1", "--mask", "left")
      return String(result.messages.split(separator: "\n").last ?? "")
    }
    #expect(try evaluations("--resample", "1").hasPrefix("4 evaluations"))
    #expect(try evaluations("--resample", "2").hasPrefix("7 evaluations"))
    try edit("a.npy", "--mask", "left", "--jump", "4").expectRefusal(64, "--jump 4", "--resample 1")
  }
}
