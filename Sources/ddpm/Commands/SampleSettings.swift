// What `ddpm sample` is told to do; nil leaves a choice to the library.

import Diffusion

/// A sampling as the command line describes it.
package struct SampleSettings: Equatable, Sendable {
  /// A sampler with the settings that belong to it.
  package enum Sampler: Equatable, Sendable {
    /// DDPM through every timestep.
    case ancestral(PosteriorVariance)
    /// DDPM through some of the timesteps.
    case respaced(steps: Int, StepSpacing, PosteriorVariance)
    case ddim(steps: Int, StepSpacing, Eta)
  }

  package var model: String?
  package var weights: DiffusionModel.Weights
  package var output: OutputFile
  /// 64, or as many as the file of noise has.
  package var count: Int?
  package var sampler: Sampler
  package var clips: Bool
  package var seed: UInt64
  package var noise: String?
  package var batch: Int?
  package var threads: Int?
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Sample = SampleCommand
    model = try arguments[CommonOptions.model]
    weights = try arguments[Sample.weights]
    output = try OutputFile(
      path: arguments[Sample.out], columns: arguments[Sample.grid], flag: Sample.out.flag)
    count = try arguments[Sample.count]
    sampler = try Sampler(arguments)
    clips = try !arguments[Sample.noClip]
    seed = try arguments[CommonOptions.seed]
    noise = try arguments[Sample.noise]
    batch = try arguments[Sample.batch]
    threads = try arguments[CommonOptions.threads]
    isQuiet = try arguments[CommonOptions.quiet]
  }
}

extension SampleSettings.Sampler {
  /// The sampler and its settings.
  /// - Throws: `UsageError` for a setting of the other sampler.
  init(_ arguments: Arguments) throws(UsageError) {
    typealias Sample = SampleCommand
    let spacing = try arguments[Sample.spacing]
    let steps = try arguments[Sample.steps]
    switch try arguments[Sample.sampler] {
    case .ddpm:
      guard !arguments.has(Sample.eta) else {
        throw UsageError("--eta belongs to --sampler ddim; ddpm has --variance small|large")
      }
      guard steps != nil || !arguments.has(Sample.spacing) else {
        throw UsageError("--sampler ddpm visits every timestep; --spacing needs --steps with it")
      }
      let variance = try arguments[Sample.variance]
      self = steps.map { .respaced(steps: $0, spacing, variance) } ?? .ancestral(variance)
    case .ddim:
      guard !arguments.has(Sample.variance) else {
        throw UsageError("--variance belongs to --sampler ddpm; ddim has --eta")
      }
      let eta = try arguments[Sample.eta] ?? .value(0)
      self = .ddim(steps: steps ?? Sample.defaultSteps, spacing, eta)
    }
  }
}
