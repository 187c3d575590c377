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

  @Test func latentsAreWhatSamplingStartsFrom() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    let result = try edit("again.npy", "--count", "3", "--latents", workspace.path("x.npy"))
    #expect(result.code == 0 && result.messages.contains("mean squared error per dimension"))
    #expect(result.output == "\(workspace.path("x.npy"))\n\(workspace.path("again.npy"))\n")
    let sampled = try workspace.sample([
      "--noise", workspace.path("x.npy"), "--steps", "4", "--sampler", "ddim", "--no-clip", "--out",
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
    #expect(!workspace.exists("a.png"))
  }
}
