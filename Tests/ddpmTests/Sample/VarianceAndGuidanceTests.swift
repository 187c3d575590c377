// The variances and the guidance of a model at the command line: estimated once, noted, refused.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct VarianceAndGuidanceTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func sample(_ out: String, _ more: String...) throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["sample", "--model", workspace.path("model"), "--steps", "2", "--out", workspace.path(out)]
        + ["--count", "4"] + more)
  }

  @Test func theOptimalVarianceIsEstimatedOncePerModel() throws {
    _ = try workspace.makeModel()
    let first = try sample("a.npy", "--sampler", "ddpm", "--variance", "optimal")
    #expect(first.code == 0 && first.messages.contains("estimated once"), "\(first.messages)")
    let kept = try workspace.bytes("model/image_variance.json")
    let second = try sample("b.npy", "--sampler", "ddpm", "--variance", "optimal")
    #expect(second.code == 0 && !second.messages.contains("estimated once"), "\(second.messages)")
    #expect(second.messages.contains("variance optimal"))
    #expect(try workspace.bytes("a.npy") == workspace.bytes("b.npy"))
    #expect(try workspace.bytes("model/image_variance.json") == kept)

    // A file that was cut off is made again.
    try Array(kept.prefix(100)).save(to: workspace.path("model/image_variance.json"))
    let third = try sample("c.npy", "--sampler", "ddpm", "--variance", "optimal")
    #expect(third.code == 0 && third.messages.contains("estimated once"))
    #expect(try workspace.bytes("model/image_variance.json") == kept)
  }

  @Test func aNetworkThatLearnedNoVarianceIsRefused() throws {
    _ = try workspace.makeModel()
    try sample("a.png", "--sampler", "ddpm", "--variance", "learned", "--quiet")
      .expectRefusal(64, "did not learn the variance")
  }

  @Test func guidanceIsNotedInThePicture() throws {
    _ = try workspace.makeModel(classes: 3)
    let plain = try sample("plain.png", "--guidance", "0")
    let guided = try sample(
      "guided.png", "--guidance", "1.5", "--guidance-interval", "1,400", "--guidance-rescale",
      "0.7")
    #expect(plain.code == 0 && guided.code == 0, "\(guided.messages)")
    let picture = try PNGChunks(workspace.bytes("guided.png"))
    #expect(picture.texts["guidance"] == "1.5 at timesteps 1,400, rescaled by 0.7")
    #expect(try PNGChunks(workspace.bytes("plain.png")).texts["guidance"] == "0")
  }

  @Test func guidanceThatMeetsNoTimestepIsSaid() throws {
    _ = try workspace.makeModel(classes: 3)
    let interval = ["--guidance", "5", "--quiet", "--guidance-interval"]
    let missed = try sample("missed.npy", interval[0], interval[1], interval[2], interval[3], "1,2")
    #expect(missed.code == 0 && missed.messages.contains("nothing is guided"), "\(missed.messages)")
    let met = try sample("met.npy", interval[0], interval[1], interval[2], interval[3], "1,1000")
    #expect(met.code == 0 && met.messages.isEmpty, "\(met.messages)")
  }

  @Test func aModelGuidedByItselfDrawsItsOwnImages() throws {
    _ = try workspace.makeModel(classes: 3)
    let model = workspace.path("model")
    let own = try sample("own.idx")
    let guided = try sample("guided.idx", "--guide-by", model)
    #expect(own.code == 0 && guided.code == 0, "\(guided.messages)")
    #expect(try workspace.bytes("own.idx") == workspace.bytes("guided.idx"))
    try sample("a.png", "--guide-by", workspace.path("nowhere"), "--quiet")
      .expectRefusal(66, workspace.path("nowhere"))
  }

  @Test(.needsFixtures) func aGuideOfOtherImagesIsRefused() throws {
    _ = try workspace.makeModel()
    try sample("a.png", "--guide-by", Fixtures.url("pipeline/uncond").path, "--quiet")
      .expectRefusal(64, "the guide draws images of")
  }

  @Test func everyVarianceIsARowOfTheComparison() throws {
    _ = try workspace.makeModel()
    let words = ["evaluate", "--model", workspace.path("model"), "--metrics", "time", "--json"]
    let result = try BuiltTool.run(
      words + ["--count", "2", "--steps", "2", "--sampler", "ddpm,ddpm-optimal,heun", "--quiet"])
    #expect(result.code == 0, "\(result.messages)")
    #expect(result.output.contains("DDPM, optimal variance"))
    #expect(result.output.contains("DDPM, small variance"))
  }
}
