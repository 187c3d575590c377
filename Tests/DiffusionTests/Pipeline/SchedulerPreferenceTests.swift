// The keys of our own that say how a model is best drawn from: read, kept, refused.

import Diffusion
import TestSupport
import Testing

@Suite struct SchedulerPreferenceTests {
  private func scheduler(_ text: String) throws -> SchedulerConfiguration {
    var fields = try ConfigurationFields(Array(text.utf8), path: "scheduler_config.json")
    return try SchedulerConfiguration(&fields)
  }

  @Test func aPreferenceIsWhatSamplingStartsFrom() throws {
    let model = try SmallTraining.trainer().snapshot()
    try withTemporaryFolder { folder in
      try model.save(to: folder)
      let path = folder + "/scheduler/scheduler_config.json"
      let text = String(decoding: try [UInt8](file: path), as: UTF8.self)
      let keys = #"{"_ddpm_sampler": "unipc", "_ddpm_timestep_spacing": "angle", "_ddpm_steps": 8,"#
      try Array((keys + text.dropFirst()).utf8).save(to: path)
      let own = try DiffusionModel(folder: folder)
      #expect(own.ignoredKeys == model.ignoredKeys)
      #expect(
        own.defaults.preference == SamplingPreference(sampler: .uniPC, spacing: .angle, steps: 8))
      // What diffusers draws with stays what it was.
      #expect(own.defaults.sampler == .ddim && own.defaults.spacing == model.defaults.spacing)
      try own.save(to: folder)
      let again = try DiffusionModel(folder: folder)
      #expect(again.defaults == own.defaults && again.fingerprint == own.fingerprint)
    }
  }

  /// What was measured (Recipes), and in no more steps than there are timesteps.
  @Test func trainingsOfTheUsualRecipePreferUniPCInTenSteps() throws {
    func preference(_ prediction: Prediction, _ schedule: BetaSchedule, _ timesteps: Int = 1000)
      throws -> SamplingPreference?
    {
      try SmallTraining.trainer(
        prediction: prediction, schedule: schedule, timesteps: timesteps
      ).snapshot().defaults.preference
    }
    let usual = SamplingPreference(sampler: .uniPC, spacing: .angle, steps: 10)
    #expect(try preference(.velocity, .cosine) == usual)
    #expect(try preference(.velocity, .cosine, 4)?.steps == 4)
    #expect(try preference(.velocity, .linear) == nil && preference(.noise, .cosine) == nil)
  }

  /// Timesteps that somebody changed in diffusers' own key are visited.
  @Test func otherTimestepsThanTrailingOnesWin() throws {
    let keys = #"{"_ddpm_sampler": "unipc", "timestep_spacing": "#
    #expect(try scheduler(keys + #""trailing"}"#).preference != nil)
    #expect(try scheduler(keys + #""leading"}"#).preference == nil)
  }

  /// A student that diffusers' DDIM scheduler was saved with keeps its steps.
  @Test(arguments: [
    ("DDIMScheduler", "ddim", true), ("DDIMScheduler", "unipc", false),
    ("UniPCMultistepScheduler", "unipc", false), ("UniPCMultistepScheduler", "best", false),
    ("DDPMScheduler", "unipc", true),
  ])
  func anotherClassWins(name: String, sampler: String, isKept: Bool) throws {
    let text =
      #"{"_class_name": "\#(name)", "_ddpm_sampler": "\#(sampler)", "#
      + #""_ddpm_steps": 2, "timestep_spacing": "trailing"}"#
    #expect(try scheduler(text).preference?.steps == (isKept ? 2 : nil))
  }

  @Test func withoutItThereIsNone() throws {
    #expect(try scheduler("{}").preference == nil)
    #expect(try scheduler(#"{"_ddpm_sampler": null}"#).preference == nil)
  }

  private static let trailing =
    #"{"_ddpm_sampler": "unipc", "timestep_spacing": "trailing", "#

  @Test(arguments: [
    (#"{"_ddpm_sampler": "best"}"#, "_ddpm_sampler is \"best\""),
    (#"{"_ddpm_sampler": "unipc", "_ddpm_timestep_spacing": "x"}"#, "_ddpm_timestep_spacing is"),
    (trailing + #""_ddpm_steps": 0}"#, "_ddpm_steps is 0"),
    (trailing + #""_ddpm_steps": 1001}"#, "_ddpm_steps is 1001"),
  ])
  func aWrongOneIsNamed(text: String, reason: String) {
    let error = #expect(throws: FileError.self) { try scheduler(text) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }
}
