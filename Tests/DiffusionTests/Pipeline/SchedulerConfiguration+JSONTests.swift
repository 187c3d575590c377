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
    SchedulerConfiguration(family: .ddim(setsAlphaToOne: false), clipping: .none, stepsOffset: 1),
    SchedulerConfiguration(family: .ddpm(.large), betaSchedule: .cosine),
    SchedulerConfiguration(timesteps: 3, trainedBetas: [1e-5, 0.5, 1], spacing: .trailing),
    SchedulerConfiguration(rescalesToZeroSNR: true, prediction: .velocity, clipping: .toRange(2.5)),
    SchedulerConfiguration(betaStart: 0.00085, betaSchedule: .quadratic, prediction: .mean),
    SchedulerConfiguration(betaSchedule: .sigmoid, prediction: .sample, spacing: .linspace),
    SchedulerConfiguration(clipping: .dynamic(quantile: 0.9, most: 1.5)),
    SchedulerConfiguration(family: .uniPC, clipping: .dynamic(quantile: 0.995, most: nil)),
    SchedulerConfiguration(family: .euler, clipping: .none, spacing: .trailing),
    SchedulerConfiguration(family: .heun, clipping: .toRange(2), spacing: .karras),
    SchedulerConfiguration(family: .dpmSolver(.third), clipping: .none, spacing: .logsnr),
    SchedulerConfiguration(family: .uniPC, clipping: .none, spacing: .leading, stepsOffset: 1),
  ])
  func whatIsWrittenIsReadBack(configuration: SchedulerConfiguration) throws {
    #expect(try scheduler(configuration.json.text(.indented)) == configuration)
  }

  @Test func thresholdingComesBeforeClipping() throws {
    let both = #"{"thresholding":true,"clip_sample":true}"#
    #expect(try scheduler(both).clipping == .dynamic(quantile: 0.995, most: 1))
  }

  @Test func thePosteriorMeanIsKeptUnderAKeyOfOurOwn() throws {
    let text = SchedulerConfiguration(prediction: .mean).json.text(.compact)
    #expect(text.contains(#""_ddpm_prediction_type":"mean""#))
    #expect(try scheduler(#"{"_ddpm_prediction_type":"mean"}"#).prediction == .mean)
    #expect(!SchedulerConfiguration().json.text(.compact).contains("_ddpm"))
  }

  /// What diffusers' constructors have for keys that are not there.
  @Test(arguments: [
    ("DPMSolverMultistepScheduler", SchedulerConfiguration.Family.dpmSolver(.second), 0.02),
    ("UniPCMultistepScheduler", .uniPC, 0.02), ("EulerDiscreteScheduler", .euler, 0.02),
    ("HeunDiscreteScheduler", .heun, 0.012),
  ])
  func solversHaveTheirOwnDefaults(
    name: String, family: SchedulerConfiguration.Family, betaEnd: Double
  ) throws {
    let found = try scheduler("{\"_class_name\":\"\(name)\"}")
    #expect(found.family == family && found.betaEnd == betaEnd && found.clipping == .none)
    #expect(found.spacing == .linspace && found.prediction == .noise && !found.rescalesToZeroSNR)
  }

  @Test(arguments: [
    (#""use_karras_sigmas":true"#, StepSpacing.karras), (#""use_lu_lambdas":true"#, .logsnr),
    (#""use_exponential_sigmas":true"#, .logsnr), (#""timestep_spacing":"trailing""#, .trailing),
    (#""use_karras_sigmas":null,"timestep_spacing":"leading""#, .leading),
  ])
  func solversSpreadTheirSteps(setting: String, spacing: StepSpacing) throws {
    let text = "{\"_class_name\":\"DPMSolverMultistepScheduler\",\(setting)}"
    #expect(try scheduler(text).spacing == spacing)
  }

  /// The keys as diffusers writes them, also those left over from another class.
  @Test(arguments: [
    (
      "DPMSolverMultistepScheduler",
      #""algorithm_type":"sde-dpmsolver++","solver_order":3,"lambda_min_clipped":-5.1"#,
      [
        "algorithm_type \"sde-dpmsolver++\" is taken as \"dpmsolver++\"",
        "lambda_min_clipped -5.1 is taken as \"-Infinity\"",
      ]
    ),
    (
      "DPMSolverMultistepScheduler",
      #""lambda_min_clipped":-Infinity,"algorithm_type":"deis","solver_type":"logrho""#, []
    ),
    (
      "UniPCMultistepScheduler", #""solver_order":3,"predict_x0":false,"disable_corrector":[0]"#,
      [
        "solver_order 3 is taken as 2", "predict_x0 false is taken as true",
        "disable_corrector [0] is taken as []",
      ]
    ),
    (
      "EulerDiscreteScheduler", #""timestep_type":"continuous","use_beta_sigmas":true"#,
      [
        "timestep_type \"continuous\" is taken as \"discrete\"",
        "use_beta_sigmas true is taken as false",
      ]
    ),
    ("HeunDiscreteScheduler", #""use_karras_sigmas":false"#, []),
  ])
  func whatASolverLacksIsTakenAsTheNearest(
    name: String, settings: String, expected: [String]
  ) throws {
    let text = "{\"_class_name\":\"\(name)\",\(settings)}"
    var fields = try ConfigurationFields(Array(text.utf8), path: "scheduler_config.json")
    _ = try SchedulerConfiguration(&fields)
    #expect(fields.approximations == expected && fields.ignoredKeys == [])
  }

  @Test(arguments: [
    (#"{"beta_schedule":"laplace"}"#, "beta_schedule is \"laplace\""),
    (#"{"variance_type":"learned"}"#, "variance_type is \"learned\""),
    (
      #"{"thresholding":true,"dynamic_thresholding_ratio":1.5}"#,
      "dynamic_thresholding_ratio is 1.5"
    ),
    (#"{"thresholding":true,"sample_max_value":0.5}"#, "sample_max_value is 0.5"),
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
    (
      #"{"_class_name":"DPMSolverMultistepScheduler","solver_order":4}"#,
      "solver_order is 4, which is not supported; supported: 1, 2, 3"
    ),
    (#"{"_class_name":"HeunDiscreteScheduler","beta_schedule":"exp"}"#, "beta_schedule is \"exp\""),
    (
      #"{"_class_name":"UniPCMultistepScheduler","use_flow_sigmas":true}"#,
      "use_flow_sigmas is true"
    ),
    (
      #"{"_class_name":"DPMSolverMultistepScheduler","variance_type":"learned_range"}"#,
      "variance_type is \"learned_range\""
    ),
    (#"{"beta_start":-Infinity}"#, "beta_start must be a number, not a string"),
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
