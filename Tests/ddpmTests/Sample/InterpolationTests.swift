// `ddpm sample --interpolate`: what is drawn, and from which noise.

import Diffusion
import Foundation
import Testing

@Suite struct InterpolationTests {
  private let workspace: Workspace
  private let model: DiffusionModel

  init() throws {
    workspace = try Workspace()
    model = try workspace.makeModel()
  }

  private func sample(_ words: String...) throws -> BuiltTool.Result {
    try workspace.sample(["--steps", "3"] + words)
  }

  private func samples(_ count: Int, start: Images? = nil, seed: UInt64 = 0) throws -> Images {
    var options = SamplingOptions(threads: 1)
    (options.seed, options.start) = (seed, start)
    return try model.sample(count, .ddim(steps: 3), options).images
  }

  /// The ends of row r are the images 2r and 2r + 1 of the seed.
  @Test func aRowLeadsFromOneImageOfTheSeedToTheNext() throws {
    let out = workspace.path("a.npy")
    #expect(
      try sample("--interpolate", "5", "--count", "10", "--seed", "3", "--out", out).code == 0)
    let rows = try Images(npy: out)
    let plain = try samples(4, seed: 3)
    #expect(rows.count == 10)
    for (place, image) in [(0, 0), (4, 1), (5, 2), (9, 3)] {
      #expect(
        rows.values[place * 64..<(place + 1) * 64] == plain.values[image * 64..<(image + 1) * 64])
    }
    let start = model.noise(4, seed: 3).greatCircles(columns: 5)
    #expect(try rows == samples(10, start: start))
  }

  @Test func theGridHasOneColumnPerImageOfARow() throws {
    #expect(try sample("--interpolate", "3", "--out", workspace.path("a.png")).code == 0)
    let picture = try PNGChunks(workspace.bytes("a.png"))
    // Eight rows of images of 8 x 8, a line of a pixel between them, all enlarged tenfold.
    #expect(picture.width == 10 * (3 * 9 - 1) && picture.height == 10 * (8 * 9 - 1))
    #expect(picture.texts["interpolate"] == "3 images per row, on great circles")
  }

  @Test func rowsLeadBetweenTheNoiseOfAFile() throws {
    let noise = model.noise(5, seed: 1)
    let (file, out) = (workspace.path("noise.npy"), workspace.path("a.npy"))
    try Data(noise.npy).write(to: URL(filePath: file))
    #expect(try sample("--interpolate", "4", "--noise", file, "--out", out).code == 0)
    let start = noise.greatCircles(columns: 4)
    #expect(start.count == 8, "two pairs, and one image is left over")
    #expect(try workspace.bytes("a.npy") == samples(8, start: start).npy)
    try sample("--interpolate", "4", "--count", "12", "--noise", file, "--out", out)
      .expectRefusal(65, "noise.npy: holds 5 images; 6 are asked for, two per row")
    try Data(noise.prefix(1).npy).write(to: URL(filePath: file))
    try sample("--interpolate", "4", "--noise", file, "--out", out)
      .expectRefusal(65, "noise.npy: holds 1 image; 2 are asked for, two per row")
  }
}
