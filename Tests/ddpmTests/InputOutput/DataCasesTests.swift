// Folders of images as users have them, through the program: what is found, and what is said.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite("Data as users have them", .needsCases)
struct DataCasesTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func train(_ name: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["train", "--preset", "tiny", "--steps", "2", "--batch", "8", "--sample-every", "0"]
        + ["--out", workspace.path("run"), "--data", Cases.path(name)] + more)
  }

  @Test(arguments: [
    ("torchvision", "40 images to train on, 10 held out, 28 x 28; labels 0 to 9\n"),
    ("torchvision/MNIST", "40 images to train on, 10 held out, 28 x 28; labels 0 to 9\n"),
    ("torchvision/MNIST/raw", "40 images to train on, 10 held out, 28 x 28; labels 0 to 9\n"),
    ("emnist-names", "52 images to train on, 26 held out, 28 x 28; labels 0 to 26\n"),
    ("emnist-names", "1 have no image and will not be learned: 0\n"),
    ("letters", "1 have no image and will not be learned: 0\n"),
    ("no-test-split", "36 images to train on, 4 held out (a tenth drawn by seed 0, as there is no"),
    ("png-folder", "17 images to train on, 1 held out"),
    ("png-folder", "8 x 8; labels 0 to 2 (bar, cross, dot)\n"),
    ("binary-bytes", "no pixel is above 1 of 255"),
    ("constant", "every pixel of every image is 200"),
  ])
  func whatIsFoundIsSaid(name: String, line: String) throws {
    let result = try train(name)
    #expect(result.code == 0 && result.messages.contains(line), "\(result.messages)")
  }

  @Test(
    arguments: [
      ("png-folder-mixed-sizes", 65, ["dot/3.png", "8 x 7", "8 x 8"]),
      ("models", 66, ["train-images-idx3-ubyte", "emnist-NAME", "MNIST/raw", "PNG"]),
      ("float-idx", 65, ["0xd", "float"]),
      ("gz-in-gz", 65, ["gzip inside gzip", "unpack it once"]),
    ] as [(String, Int32, [String])])
  func whatCannotBeUsedIsRefused(name: String, code: Int32, parts: [String]) throws {
    let result = try train(name)
    result.expectRefusal(code)
    #expect(parts.allSatisfy(result.messages.contains), "\(result.messages)")
    #expect(!workspace.exists("run"))
  }

  /// Classes without a training image are left out of all, and drawn with a word where they are named.
  @Test func aClassWithoutImagesIsDrawnByNumberOnly() throws {
    #expect(try train("letters").code == 0)
    func sample(_ more: String...) throws -> BuiltTool.Result {
      try BuiltTool.run(
        ["sample", "--model", workspace.path("run"), "--steps", "2"]
          + ["--out", workspace.path("x.idx")] + more)
    }
    #expect(try sample("--count", "26").code == 0)
    #expect(try IDX.labels(at: workspace.path("x-labels.idx")) == (1...26).map { UInt8($0) })
    let named = try sample("--count", "2", "--class", "0")
    #expect(named.code == 0 && named.messages.contains("no training image was of class 0"))
    #expect(try sample().code == 0)
    #expect(try IDX.images(at: workspace.path("x.idx")).count == 8 * 26)
  }

  /// Each image has a bright bar, which EMNIST's files have on the left.
  @Test func emnistsImagesAreTurnedUpright() throws {
    func rows(_ more: [String]) throws -> [Int] {
      let out = workspace.path("bars.idx")
      let result = try BuiltTool.run(
        ["edit", "--model", workspace.path("model"), "--data", Cases.path("emnist-names")]
          + ["--strength", "0", "--count", "1", "--out", out] + more)
      #expect(result.code == 0, "\(result.messages)")
      let image = try IDX.images(at: out)
      let side = image.size.width
      return (0..<side).map { row in
        image.pixels[row * side..<(row + 1) * side].reduce(0) { $0 + Int($1) }
      }
    }
    let trainer = try Trainer(
      UNetConfiguration(
        .tiny, imageSize: ImageSize(height: 28, width: 28, channels: 1), classes: nil),
      schedule: NoiseSchedule(.cosine, timesteps: 100), prediction: .velocity,
      data: SyntheticDigits.images(.test, range: 0..<1).images)
    try trainer.snapshot().save(to: workspace.path("model"))
    let (lying, upright) = (try rows([]), try rows(["--transpose"]))
    #expect(upright.max() == upright.prefix(6).max())
    #expect(lying.max()! < upright.max()! / 2)
  }

  /// The images held out are those of the run's own seed, also when it goes on or is evaluated.
  @Test func aRunsOwnSeedDrawsItsTestImages() throws {
    #expect(try train("no-test-split", "--seed", "5").code == 0)
    let data = try Cases.path("no-test-split")
    let resumed = try BuiltTool.run(
      ["train", "--resume", "--steps", "3", "--out", workspace.path("run"), "--data", data])
    #expect(resumed.code == 0, "\(resumed.messages)")
    let evaluated = try BuiltTool.run(
      ["evaluate", "--model", workspace.path("run"), "--data", data, "--metrics", "loss"]
        + ["--out", workspace.path("report")])
    #expect(evaluated.code == 0, "\(evaluated.messages)")
    #expect(evaluated.messages.contains("a tenth drawn by seed 5"))
  }
}
