// `ddpm forward` as a process: the picture's first column is the data, its last is the noise.

import Diffusion
import Files
import Foundation
import TestSupport
import Testing

@Suite struct ForwardCommandTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData()
  }

  private func forward(_ out: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["forward", "--data", workspace.path("data"), "--out", workspace.path(out)] + more)
  }

  /// The grey values of the picture's image in a row and a column, one per pixel of the image.
  private func image(_ picture: Picture, row: Int, column: Int) -> [UInt8] {
    // Images of 8 x 8 are enlarged 14 times; a line of a pixel is between them, text above.
    let (scale, left, top) = (14, 24, 60)
    return (0..<64).map { place in
      let x = left + (column * 9 + place % 8) * scale
      let y = top + (row * 9 + place / 8) * scale
      return picture.pixels[3 * (y * picture.width + x)]
    }
  }

  @Test func columnsAreTheTimestepsOfEachImage() throws {
    let result = try forward("a.png", "--count", "2", "--timesteps", "16")
    #expect(result.code == 0 && result.output == workspace.path("a.png") + "\n")
    let texts = try PNGChunks(workspace.bytes("a.png")).texts
    #expect(texts["columns"] == "x_t at timesteps 0 2 4 6 8 10 12 14 16")
    let picture = try PNG.read(workspace.path("a.png"))
    let data = try Dataset.load(folder: workspace.path("data"), split: .train).prefix(2).images
    let schedule = try NoiseSchedule(.cosine, timesteps: 16)
    let noise = Images.noise(2, size: Workspace.size, seed: 0)
    for (column, t) in [(0, 0), (3, 6), (8, 16)] {
      let noisy = ByteImages(
        schedule.noised(Images(data), noise: noise, at: [Timestep(t), Timestep(t)]))
      for row in 0..<2 {
        let expected = Array(noisy.pixels[row * 64..<(row + 1) * 64])
        #expect(image(picture, row: row, column: column) == expected, "\(row), \(column)")
      }
    }
  }

  @Test func everyScheduleHasABlock() throws {
    #expect(try forward("one.png", "--count", "1").code == 0)
    let all = try forward(
      "four.pgm", "--count", "1", "--schedule", "linear,cosine,quadratic,sigmoid")
    #expect(all.code == 0)
    for name in ["linear", "cosine", "quadratic", "sigmoid"] {
      #expect(all.messages.contains("process   \(name), 1000 timesteps"), "\(all.messages)")
    }
    let header = String(decoding: try workspace.bytes("four.pgm").prefix(20), as: UTF8.self)
    let one = try PNG.read(workspace.path("one.png"))
    // Four blocks as high as one, over one margin at the end.
    #expect(header.hasPrefix("P5\n\(one.width) \(4 * (one.height - 24) + 24)\n"), "\(header)")
  }

  @Test func aModelsProcessIsDrawn() throws {
    _ = try workspace.makeModel(timesteps: 50)
    let result = try forward("a.png", "--model", workspace.path("model"))
    #expect(result.code == 0 && result.messages.contains("50 timesteps"))
    try forward("a.png", "--model", workspace.path("model"), "--timesteps", "9")
      .expectRefusal(64, "--timesteps")
  }

  @Test func whatCannotBeDrawnIsRefused() throws {
    try forward("a.npy").expectRefusal(64, ".png, .pgm")
    try forward("a.png", "--schedule", "cosin").expectRefusal(64, "did you mean cosine?")
    try forward("a.png", "--timesteps", "3", "--schedule", "linear").expectRefusal(64, "beta")
    try forward("nowhere/a.png").expectRefusal(73, "there is no such folder")
    try forward("a.png", "--model", workspace.path("none")).expectRefusal(66, "no such file")
  }
}
