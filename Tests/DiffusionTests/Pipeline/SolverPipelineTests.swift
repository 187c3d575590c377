// Pipelines whose scheduler is a solver: opened, drawn from by it, and saved as they were.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite(.needsFixtures) struct SolverPipelineTests {
  /// The fixtures' pipeline with another scheduler.
  private func withPipeline(
    _ scheduler: String, _ body: (DiffusionModel, _ folder: String) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipeline"
      try FileManager.default.copyItem(
        atPath: Fixtures.url("pipeline/uncond").path(), toPath: path)
      try Array(scheduler.utf8).save(to: path + "/scheduler/scheduler_config.json")
      try body(DiffusionModel(folder: path), folder)
    }
  }

  @Test(arguments: [
    ("DPMSolverMultistepScheduler", #""solver_order":3"#, DefaultSampler.dpmSolver(.third)),
    ("DPMSolverMultistepScheduler", #""use_lu_lambdas":true"#, .dpmSolver(.second)),
    ("UniPCMultistepScheduler", #""timestep_spacing":"trailing""#, .uniPC),
    ("HeunDiscreteScheduler", #""beta_end":0.02,"clip_sample":true"#, .heun),
    ("EulerDiscreteScheduler", #""use_karras_sigmas":true"#, .euler),
  ])
  func theClassIsKept(name: String, settings: String, sampler: DefaultSampler) throws {
    try withPipeline("{\"_class_name\":\"\(name)\",\(settings)}") { model, folder in
      #expect(model.defaults.sampler == sampler)
      #expect(model.ignoredKeys.isEmpty && model.approximations.isEmpty)
      try model.save(to: folder + "/saved")
      let saved = try DiffusionModel(folder: folder + "/saved")
      #expect(saved.defaults == model.defaults && saved.clipping == model.clipping)
      #expect(saved.schedule == model.schedule && saved.fingerprint == model.fingerprint)
      for file in ["model_index.json", "scheduler/scheduler_config.json"] {
        let text = String(decoding: try [UInt8](file: "\(folder)/saved/\(file)"), as: UTF8.self)
        #expect(text.contains("\"\(name)\""), "\(file)")
      }
    }
  }

  @Test func zeroSNRIsKeptToo() throws {
    let scheduler =
      #"{"_class_name":"UniPCMultistepScheduler","rescale_betas_zero_snr":true,"#
      + #""prediction_type":"v_prediction"}"#
    try withPipeline(scheduler) { model, folder in
      #expect(model.schedule.alphaBar(model.schedule.last) == 0)
      let images = try model.sample(2, SamplingPlan(UniPCSampler(), steps: 3)).images
      #expect(images.values.allSatisfy { $0.isFinite })
      try model.save(to: folder + "/saved")
      #expect(try DiffusionModel(folder: folder + "/saved").schedule == model.schedule)
    }
  }
}
