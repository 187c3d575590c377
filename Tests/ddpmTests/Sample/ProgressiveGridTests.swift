// `ddpm sample --progressive`: one row per image, its estimates from the first step to the last.

import Diffusion
import Foundation
import Synchronization
import Testing

@Suite struct ProgressiveGridTests {
  private let workspace: Workspace
  private let model: DiffusionModel

  init() throws {
    workspace = try Workspace()
    model = try workspace.makeModel()
  }

  private func sample(_ words: String...) throws -> BuiltTool.Result {
    try workspace.sample(words)
  }

  /// Of each DDPM step of three images, the estimate of the last image.
  private func estimates(steps: Int) throws -> [ByteImages] {
    let seen = Mutex<[ByteImages]>([])
    var options = SamplingOptions(threads: 1)
    options.batch = 1
    _ = try model.sample(3, .ddpm(steps: steps), options) { moment in
      if moment.places.contains(2) { seen.withLock { $0.append(ByteImages(moment.estimates)) } }
    }
    return seen.withLock { $0 }
  }

  @Test(arguments: [
    (1, [0]), (3, [0, 1, 2]), (10, Array(0..<10)), (25, [0, 2, 5, 8, 10, 13, 16, 18, 21, 24]),
  ])
  func columnsAreStepsEvenlyFromTheFirstToTheLast(steps: Int, shown: [Int]) throws {
    let (out, way) = (workspace.path("a.npy"), workspace.path("way.pgm"))
    let result = try sample(
      "--sampler", "ddpm", "--steps", "\(steps)", "--count", "3", "--out", out, "--progressive",
      way, "--threads", "2")
    #expect(result.code == 0 && result.output == "\(out)\n\(way)\n" && result.messages.isEmpty)
    let estimates = try estimates(steps: steps)
    #expect(estimates.count == steps)
    // The last row of the grid is the last image's.
    let row = ByteImages(size: Workspace.size, pixels: shown.flatMap { estimates[$0].pixels })
    let expected = row.grid(columns: shown.count, scale: 10)
    let bytes = try workspace.bytes("way.pgm")
    #expect(bytes.starts(with: "P5\n\(expected.width) \(10 * (3 * 9 - 1))\n255\n".utf8))
    #expect(Array(bytes.suffix(expected.pixels.count)) == expected.pixels)
  }

  /// The first frame is what a program that knows no APNG shows: the estimates at the first step.
  @Test func aMovingPictureHasAFramePerStepAndTheImages() throws {
    let (out, way) = (workspace.path("a.png"), workspace.path("way.apng"))
    let result = try sample(
      "--sampler", "ddpm", "--steps", "3", "--count", "3", "--grid", "3", "--out", out,
      "--progressive", way)
    #expect(result.code == 0 && result.output == "\(out)\n\(way)\n", "\(result.messages)")
    let first = try PNG.read(way)
    let image = try estimates(steps: 3)[0]
    let scale = 10
    let row = (0..<8).map { first.pixels[$0 * scale * first.width + 2 * 9 * scale] }
    #expect(row == (0..<8).map { image.pixels[$0 * 8] })
    let bytes = try workspace.bytes("way.apng")
    func count(_ name: String) -> Int {
      let name = Array(name.utf8)
      return bytes.indices.dropLast(3).count { Array(bytes[$0..<$0 + 4]) == name }
    }
    #expect(count("fcTL") == 4 && count("fdAT") == 3 && count("IDAT") == 1 && count("acTL") == 1)
    let texts = try PNGChunks(bytes).texts
    #expect(texts["frames"] == "estimates of x0 at timesteps 1000 667 333, then the images")
  }

  @Test func thePictureRecordsItsTimesteps() throws {
    _ = try sample(
      "--steps", "4", "--count", "2", "--out", workspace.path("a.png"), "--progressive",
      workspace.path("b.png"))
    let texts = try PNGChunks(workspace.bytes("b.png")).texts
    #expect(texts["columns"] == "estimates of x0 at timesteps 1000 750 500 250")
    #expect(texts["sampler"] == "ddim" && texts["seed"] == "0")
    #expect(try PNGChunks(workspace.bytes("a.png")).texts["columns"] == nil)
  }

  @Test func anImpossiblePathIsReportedBeforeTheWork() throws {
    try sample(
      "--out", workspace.path("a.png"), "--progressive", workspace.path("nothing/b.png")
    ).expectRefusal(73, "nothing/b.png", "cannot be created")
    #expect(!workspace.exists("a.png"))
  }
}
