// Files that claim far more than they hold or than there is memory for: one line, before any is taken.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite(
  "Sizes that files claim",
  .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/limits"), "needs ulimit -v"))
struct ClaimedSizesTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// Runs the program with so many kilobytes of addresses.
  private func run(_ kilobytes: Int, _ words: [String]) throws -> BuiltTool.Result {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    return try BuiltTool.shell("ulimit -v \(kilobytes); exec \"$0\" \(quoted)")
  }

  private func sample(_ kilobytes: Int, _ more: String...) throws -> BuiltTool.Result {
    try run(
      kilobytes,
      ["sample", "--model", workspace.path("model"), "--count", "1", "--steps", "2", "--quiet"]
        + ["--out", workspace.path("x.png")] + more)
  }

  private func train(_ kilobytes: Int, on data: String) throws -> BuiltTool.Result {
    try run(
      kilobytes, ["train", "--data", data, "--steps", "1", "--out", workspace.path("run")])
  }

  @Test func aConfigurationOfMoreChannelsThanTheWeightsHave() throws {
    _ = try workspace.makeModel()
    let name = "model/unet/config.json"
    let text = String(decoding: try workspace.bytes(name), as: UTF8.self)
    let wide = text.replacing(/"block_out_channels": \[[^\]]*\]/) { _ in
      "\"block_out_channels\": [1600, 1600, 1600]"
    }
    try #require(wide != text)
    try workspace.write(wide, to: name)
    try sample(2_000_000).expectRefusal(65, "the configuration needs")
  }

  @Test(arguments: ["model/unet/diffusion_pytorch_model.safetensors", "noise.npy"])
  func aFileLongerThanMemory(name: String) throws {
    _ = try workspace.makeModel()
    try workspace.write("", to: "noise.npy")
    #expect(truncate(workspace.path(name), 1 << 40) == 0)
    try sample(4_000_000, "--noise", workspace.path("noise.npy"))
      .expectRefusal(65, name, "reading it takes 2.2 TB of memory")
  }

  @Test func imagesThatACompressedFileClaims() throws {
    let head: [UInt8] = [0, 0, 8, 3, 0, 0x17, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28]
    // What cannot be compressed: the file is long enough for the images to be in it.
    var random = SystemRandomNumberGenerator()
    let rest = (0..<1_200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let data = try workspace.makeData()
    try FileManager.default.removeItem(atPath: data + "/train-images-idx3-ubyte")
    try Gzip.compress(head + rest).save(to: data + "/train-images-idx3-ubyte.gz")
    try train(900_000, on: data).expectRefusal(65, "reading it takes 2.4 GB of memory")
  }

  @Test func manyLinksToOnePicture() throws {
    let side = 2048
    try FileManager.default.createDirectory(
      atPath: workspace.path("pictures"), withIntermediateDirectories: true)
    let first = workspace.path("pictures/0.png")
    let picture = Picture(
      width: side, height: side, channels: 1, pixels: [UInt8](repeating: 0, count: side * side))
    try PNG.encode(picture).save(to: first)
    for number in 1..<300 {
      try FileManager.default.linkItem(
        atPath: first, toPath: workspace.path("pictures/\(number).png"))
    }
    try train(900_000, on: workspace.path("pictures")).expectRefusal(65, "reading it takes 2.5 GB")
  }

  @Test func aPipeUnderTheTemporarysNameIsNotWaitedFor() throws {
    _ = try workspace.makeModel()
    #expect(mkfifo(workspace.path(".x.png.tmp"), 0o600) == 0)
    try sample(4_000_000).expectRefusal(73, ".x.png.tmp: cannot be created: File exists")
  }
}
