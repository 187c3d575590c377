// A pipeline's own scheduler settings: what sampling starts from, and flags override.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct PipelineSettingsTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeModel()
  }

  /// Replaces texts of the model's scheduler configuration.
  private func edit(_ edits: (from: String, to: String)...) throws {
    let path = workspace.path("model/scheduler/scheduler_config.json")
    var text = String(decoding: try [UInt8](file: path), as: UTF8.self)
    for (from, to) in edits {
      try #require(text.contains(from), "\(from) in \(text)")
      text = text.replacing(from, with: to)
    }
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  /// The images of a command line, and what it said.
  private func images(_ words: String...) throws -> (values: [Float], messages: String) {
    let out = workspace.path("images.npy")
    let result = try BuiltTool.run(
      ["sample", "--model", workspace.path("model"), "--count", "3", "--out", out] + words)
    #expect(result.code == 0, "\(result.messages)")
    return (try Images(npy: out).values, result.messages)
  }

  @Test func theVarianceIsThePipelines() throws {
    let small = try images("--sampler", "ddpm", "--steps", "4").values
    let large = try images("--sampler", "ddpm", "--steps", "4", "--variance", "large").values
    #expect(small != large)
    try edit(("fixed_small", "fixed_large"))
    #expect(try images("--sampler", "ddpm", "--steps", "4").values == large)
    #expect(try images("--sampler", "ddpm", "--steps", "4", "--variance", "small").values == small)
  }

  @Test func whatAModelIsBestDrawnWithIsTheDefault() throws {
    let unipc = try images("--sampler", "unipc", "--steps", "7", "--spacing", "angle")
    let ddim = try images("--sampler", "ddim")
    try edit(
      (
        "\"_class_name\": \"DDPMScheduler\",",
        """
        "_class_name": "DDPMScheduler", "_ddpm_sampler": "unipc", "_ddpm_steps": 7,
        "_ddpm_timestep_spacing": "angle",
        """
      ))
    let own = try images()
    #expect(own.messages.contains("sampler unipc, steps 7, spacing angle"), "\(own.messages)")
    #expect(own.values == unipc.values)
    // It is of no consequence for another sampler, and flags override it.
    #expect(try images("--sampler", "ddim").values == ddim.values)
    let flagged = try images("--steps", "5", "--spacing", "trailing").messages
    #expect(flagged.contains("sampler unipc, steps 5, spacing trailing"), "\(flagged)")
  }

  @Test func theTimestepsAreThePipelines() throws {
    let trailing = try images("--steps", "10").values
    try edit(
      ("\"timestep_spacing\": \"trailing\"", "\"timestep_spacing\": \"leading\""),
      ("\"steps_offset\": 0", "\"steps_offset\": 1"))
    let own = try images("--steps", "10")
    #expect(own.messages.contains("timesteps 902 802 702 602 502 402 302 202 102 2 of 1000"))
    #expect(own.values != trailing)
    #expect(try images("--steps", "10", "--spacing", "trailing").values == trailing)
  }

  /// Where alphaBar before the first timestep is that of the first, the walk ends at x_1.
  @Test func theEndIsThePipelines() throws {
    let ending = try images("--steps", "5").values
    let ddim: [(from: String, to: String)] = [
      ("DDPMScheduler", "DDIMScheduler"),
      ("\"variance_type\": \"fixed_small\"", "\"set_alpha_to_one\": true"),
    ]
    try edit(ddim[0], ddim[1])
    #expect(try images("--steps", "5").values == ending)
    try edit(("\"set_alpha_to_one\": true", "\"set_alpha_to_one\": false"))
    let other = try images("--steps", "5").values
    #expect(zip(other, ending).allSatisfy { $0 != $1 && abs($0 - $1) < 0.1 })
  }

  /// The sampler and how many steps it takes, unless flags say otherwise.
  @Test(arguments: [
    ("DPMSolverMultistepScheduler", #""solver_order":2"#, "dpm++2m", 10),
    ("DPMSolverMultistepScheduler", #""solver_order":1"#, "ddim", 50),
    ("DPMSolverMultistepScheduler", #""solver_order":3"#, "dpm++3m", 10),
    ("UniPCMultistepScheduler", #""use_karras_sigmas":true"#, "unipc", 10),
    ("HeunDiscreteScheduler", #""timestep_spacing":"trailing""#, "heun", 10),
    ("EulerDiscreteScheduler", #""timestep_spacing":"trailing""#, "ddim", 50),
  ])
  func theSamplerIsThePipelines(name: String, setting: String, sampler: String, steps: Int) throws {
    try workspace.write(
      "{\"_class_name\":\"\(name)\",\(setting)}", to: "model/scheduler/scheduler_config.json")
    let own = try images()
    #expect(own.messages.contains("sampler \(sampler), steps \(steps),"), "\(own.messages)")
    #expect(try images("--sampler", sampler).values == own.values)
    let other = try images("--sampler", "ddpm", "--steps", "3")
    #expect(other.messages.contains("sampler ddpm, steps 3,"), "\(other.messages)")
    #expect(try images("--eta", "0.5").messages.contains("sampler ddim, steps 50, eta 0.5"))
  }

  @Test func whatASolverLacksIsSaidInOneLine() throws {
    let settings = #""algorithm_type":"sde-dpmsolver++","lower_order_final":false"#
    try workspace.write(
      "{\"_class_name\":\"DPMSolverMultistepScheduler\",\(settings)}",
      to: "model/scheduler/scheduler_config.json")
    let line =
      ": of the scheduler, algorithm_type \"sde-dpmsolver++\" is taken as \"dpmsolver++\","
      + " lower_order_final false is taken as true\n"
    let messages = try images("--steps", "2").messages
    #expect(messages.contains(line), "\(messages)")
  }

  @Test func aStartWhereImagesAreStillVisibleIsReported() throws {
    let result = try images("--steps", "2", "--spacing", "leading")
    #expect(result.messages.contains("ddpm: the first timestep visited is 501 of 1000"))
    #expect(!(try images("--steps", "2")).messages.contains("the first timestep visited"))
  }

  @Test(arguments: ["leading", "uniform", "linspace"])
  func oneStepFromTheFirstTimestepIsRefused(spacing: String) throws {
    try workspace.sample([
      "--steps", "1", "--spacing", spacing, "--out", workspace.path("a.png"),
    ]).expectRefusal(64, "timestep 1 only", "trailing")
  }
}
