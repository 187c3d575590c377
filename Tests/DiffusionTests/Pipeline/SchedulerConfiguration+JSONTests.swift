// A scheduler's configuration goes to diffusers' file and back; the unsupported is refused.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct SchedulerConfigurationJSONTests {
  @Test(.needsFixtures) func everyKeyIsWrittenAsItWasRead() throws {
    let url = try Fixtures.url("pipeline/uncond/scheduler/scheduler_config.json")
    var fields = try ConfigurationFields(contentsOf: url.path())
    let configuration = try SchedulerConfiguration(&fields)
    #expect(configuration == SchedulerConfiguration())
    #expect(fields.ignoredKeys == [])
    let original = try JSON.parse(Data(contentsOf: url))
    #expect(withoutVersion(configuration.json.sorted) == withoutVersion(original))
  }

  @Test(arguments: [
    SchedulerConfiguration(),
    SchedulerConfiguration(family: .ddim(setsAlphaToOne: false), clipRange: nil, stepsOffset: 1),
    SchedulerConfiguration(family: .ddpm(.large), betaSchedule: .cosine),
    SchedulerConfiguration(timesteps: 3, trainedBetas: [1e-5, 0.5, 1], spacing: .trailing),
    SchedulerConfiguration(rescalesToZeroSNR: true, prediction: .velocity, clipRange: 2.5),
    SchedulerConfiguration(betaStart: 0.00085, betaSchedule: .quadratic, prediction: .mean),
    SchedulerConfiguration(betaSchedule: .sigmoid, prediction: .sample, spacing: .linspace),
  ])
  func whatIsWrittenIsReadBack(configuration: SchedulerConfiguration) throws {
    #expect(try scheduler(configuration.json.text(.indented)) == configuration)
  }

  @Test func thePosteriorMeanIsKeptUnderAKeyOfOurOwn() throws {
    let text = SchedulerConfiguration(prediction: .mean).json.text(.compact)
    #expect(text.contains(#""_ddpm_prediction_type":"mean""#))
    #expect(try scheduler(#"{"_ddpm_prediction_type":"mean"}"#).prediction == .mean)
    #expect(!SchedulerConfiguration().json.text(.compact).contains("_ddpm"))
  }

  @Test(arguments: [
    (#"{"beta_schedule":"laplace"}"#, "beta_schedule is \"laplace\""),
    (#"{"variance_type":"learned_range"}"#, "variance_type is \"learned_range\""),
    (#"{"thresholding":true}"#, "thresholding is true"),
    (#"{"_class_name":"PNDMScheduler"}"#, "_class_name is \"PNDMScheduler\""),
    (#"{"prediction_type":"flow"}"#, "prediction_type is \"flow\""),
    (#"{"num_train_timesteps":0}"#, "num_train_timesteps is 0"),
    (#"{"num_train_timesteps":1000000000}"#, "num_train_timesteps is 1000000000"),
    (#"{"beta_start":0}"#, "beta_start is 0.0; it must be above 0"),
    (#"{"beta_end":1.5}"#, "beta_end is 1.5"),
    (#"{"trained_betas":[0.1]}"#, "1 trained betas for 1000 timesteps"),
    (#"{"trained_betas":[0.1,0],"num_train_timesteps":2}"#, "a beta of trained_betas is 0.0"),
    (#"{"trained_betas":["x"]}"#, "trained_betas contains \"x\""),
    (#"{"clip_sample_range":0}"#, "clip_sample_range is 0.0"),
    (#"{"steps_offset":1000}"#, "steps_offset is 1000"),
    (#"{"rescale_betas_zero_snr":true}"#, "must predict the sample or the velocity"),
  ])
  func whatIsNotSupportedIsNamed(text: String, reason: String) {
    let error = #expect(throws: FileError.self) { try scheduler(text) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  private func scheduler(_ text: String) throws -> SchedulerConfiguration {
    var fields = try ConfigurationFields(Array(text.utf8), path: "scheduler_config.json")
    return try SchedulerConfiguration(&fields)
  }
}
