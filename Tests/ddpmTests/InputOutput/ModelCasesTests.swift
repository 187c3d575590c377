// Arrays of noise and models' folders as users have them: inputs behind reports of faults, and how each must end.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite("Noise and models as users have them", .needsCases)
struct ModelCasesTests {
  private let workspace: Workspace

  /// The model that ships.
  private static let shipped = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }.appending(path: "data/model").path

  init() throws { workspace = try Workspace() }

  /// Two images of threes from a case's noise.
  private func sample(
    _ noise: String, model: String = shipped, _ more: [String]
  ) throws -> (bytes: [UInt8]?, result: BuiltTool.Result) {
    let out = workspace.path("y.npy")
    try? FileManager.default.removeItem(atPath: out)
    let result = try BuiltTool.run(
      ["sample", "--model", model, "--noise", Cases.path("npy/\(noise).npy"), "--count", "2"]
        + ["--class", "3", "--threads", "1", "--out", out] + more)
    return (try? [UInt8](file: out), result)
  }

  @Test(arguments: ["f2", "f8", "f4-big-endian", "f4-fortran", "f4-version2"])
  func theSameNoiseInAnyLayoutDrawsTheSameImages(name: String) throws {
    let wanted = try sample("f4", ["--steps", "2"])
    let other = try sample(name, ["--steps", "2"])
    #expect(wanted.result.code == 0 && other.result.code == 0, "\(other.result.messages)")
    #expect(wanted.bytes == other.bytes && wanted.bytes != nil)
  }

  @Test(
    arguments: [
      ("nan", ["not a"]), ("nhwc", ["28 x 1 x 28", "[N, C, H, W]"]), ("cut", []), ("object", []),
    ] as [(String, [String])])
  func noiseThatIsNoneIsRefused(name: String, parts: [String]) throws {
    let (bytes, result) = try sample(name, ["--steps", "2", "--quiet"])
    result.expectRefusal(65)
    #expect(parts.allSatisfy(result.messages.contains) && bytes == nil, "\(result.messages)")
  }

  /// The shipped model with a case's edits.
  private func model(_ name: String) throws -> String {
    let out = workspace.path(name)
    try FileManager.default.copyItem(atPath: Self.shipped, toPath: out)
    let text = try Data(contentsOf: URL(filePath: Cases.path("models/\(name).json")))
    let patch = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    for edit in try #require(patch["edits"] as? [[String: Any]]) {
      let path = URL(filePath: out).appending(path: try #require(edit["file"] as? String))
      let old = try JSONSerialization.jsonObject(with: Data(contentsOf: path))
      var keys = try #require(old as? [String: Any])
      keys.merge(edit["set"] as? [String: Any] ?? [:]) { $1 }
      for key in edit["remove"] as? [String] ?? [] { keys[key] = nil }
      let prefix = Array((edit["prefix"] as? String ?? "").utf8)
      let bytes = stride(from: 0, to: prefix.count, by: 2).compactMap {
        UInt8(String(decoding: prefix[$0..<$0 + 2], as: UTF8.self), radix: 16)
      }
      try (Data(bytes) + JSONSerialization.data(withJSONObject: keys)).write(to: path)
    }
    return out
  }

  /// What a model's images are, drawn from the same noise.
  private func bytes(_ model: String, _ words: String...) throws -> [UInt8] {
    let (bytes, result) = try sample("f4", model: model, words)
    #expect(result.code == 0, "\(result.messages)")
    return try #require(bytes)
  }

  @Test func aPipelinesVarianceIsTaken() throws {
    let edited = try model("fixed-large")
    let ddpm = ["--sampler", "ddpm", "--steps", "20"]
    func drawn(_ model: String, _ more: String...) throws -> [UInt8] {
      try #require(try sample("f4", model: model, ddpm + more).bytes)
    }
    #expect(try drawn(edited) == drawn(Self.shipped, "--variance", "large"))
    #expect(try drawn(edited, "--variance", "small") == drawn(Self.shipped))
  }

  @Test func aPipelinesTimestepsAreTaken() throws {
    let edited = try model("leading-offset-1")
    let own = try sample("f4", model: edited, ["--steps", "10"]).result.messages
    #expect(own.contains("902 802") && own.contains("102 2"), "\(own)")
    let other = try sample("f4", model: edited, ["--steps", "10", "--spacing", "trailing"])
    #expect(other.result.messages.contains("1000 900"), "\(other.result.messages)")
  }

  /// The last step ends at the data, or at the first timestep's noise.
  @Test func aPipelinesLastStepIsTaken() throws {
    let ends = try ["alpha-one", "alpha-not-one"].map {
      try bytes(model($0), "--sampler", "ddim", "--steps", "10", "--spacing", "trailing")
    }
    let plain = try bytes(
      Self.shipped, "--sampler", "ddim", "--steps", "10", "--spacing", "trailing")
    #expect(ends[0] == plain)
    let images = try ends.map { try Images(npy: $0, path: "y.npy").values }
    let differences = zip(images[0], images[1]).map { abs($0 - $1) }
    let most = try #require(differences.max())
    #expect(abs(most - 0.0235) < 5e-4, "\(most)")
    let mean = differences.reduce(0, +) / Float(differences.count)
    #expect(abs(mean - 0.0049) < 2e-4 && differences.allSatisfy { $0 > 0 }, "\(mean)")
  }

  @Test func aByteOrderMarkIsPassedOver() throws {
    #expect(try bytes(model("bom"), "--steps", "2") == bytes(Self.shipped, "--steps", "2"))
  }

  /// Even a single image: it would not end.
  @Test(arguments: [[], ["--count", "1", "--batch", "1"]])
  func aSizeThatNoMachineCanDrawIsRefusedAtOnce(more: [String]) throws {
    let edited = try model("sample-size-4096")
    let result = try BuiltTool.run(
      ["sample", "--model", edited, "--out", workspace.path("y.png")] + more)
    result.expectRefusal(65, "4096 x 4096", "of memory", "sample_size")
    #expect(result.messages.split(separator: "\n").count == 1, "\(result.messages)")
  }
}
