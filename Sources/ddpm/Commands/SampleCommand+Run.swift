// `ddpm sample` at work.

import Diffusion

extension SampleCommand {
  package func run() throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    try settings.output.checkPlace()
    let (model, folder) = try ModelChoice.open(
      settings.model, weights: settings.weights, progress)
    let plan = try settings.sampler.plan(for: model, clips: settings.clips)
    let start = try settings.noise.map { try settings.start($0, model) }
    let count = settings.count ?? start?.count ?? SampleCommand.defaultCount
    progress.say(settings.sampler.summary(plan, model))

    var options = SamplingOptions(threads: threadCount(settings.threads))
    options.seed = settings.seed
    options.batch = settings.batch
    options.start = start
    let clock = ContinuousClock.now
    options.progress = { share in
      progress.update(
        "\(percent(share)) of \(counted(count, "image"))  left \(left(share, since: clock).brief)")
    }
    let samples = model.sample(count, plan: plan, options)
    let time = ContinuousClock.now - clock
    progress.finish(
      "\(counted(count, "image")) in \(time.brief): \(rate(of: count, in: time, unit: "image")),"
        + " \(percent(samples.clippedShare)) of the estimated values clipped")
    try settings.output.write(samples.images, text: settings.text(folder, plan))
    try Output.results.line(settings.output.path)
  }

  static let defaultCount = 64
}

extension SampleSettings {
  /// The images to start from.
  /// - Throws: `FileError` where they are not the model's size or too few.
  fileprivate func start(_ path: String, _ model: DiffusionModel) throws -> Images {
    let images = try Images(npy: path)
    guard images.size == model.imageSize else {
      throw FileError(
        path: path, .invalid("holds images of \(images.size); the model draws \(model.imageSize)"))
    }
    guard images.count >= count ?? 1 else {
      throw FileError(path: path, .invalid("holds \(images.count) images; --count asks for more"))
    }
    return images
  }

  /// What a PNG tells about how it was made.
  fileprivate func text(_ folder: String, _ plan: SamplingPlan) -> [(key: String, value: String)] {
    Tool.text(model: folder) + (weights == .raw ? [("weights", weights.rawValue)] : [])
      + sampler.text(plan)
      + [("seed", noise.map { "noise from \($0)" } ?? "\(seed)")]
  }
}

extension Tool {
  /// What every picture of a model's samples tells first about how it was made.
  static func text(model: String) -> [(key: String, value: String)] {
    [("Software", "ddpm \(version)"), ("model", model)]
  }
}

extension SampleSettings.Sampler {
  /// The steps of this sampler for a model.
  func plan(for model: DiffusionModel, clips: Bool) throws -> SamplingPlan {
    let clipping = clips ? model.clipping : .none
    let (steps, spacing, sampler): (Int, StepSpacing, Sampler) =
      switch self {
      case .ancestral(let variance): (model.schedule.last.value, .trailing, .ddpm(variance))
      case .respaced(let steps, let spacing, let variance): (steps, spacing, .ddpm(variance))
      case .ddim(let steps, let spacing, let eta): (steps, spacing, .ddim(eta))
      }
    return try SamplingPlan(
      steps: steps, spacing: spacing, sampler: sampler, schedule: model.schedule,
      prediction: model.prediction, clipping: clipping)
  }

  /// One line: the sampler and the timesteps it visits.
  fileprivate func summary(_ plan: SamplingPlan, _ model: DiffusionModel) -> String {
    let visited = plan.steps.map(\.timestep.value)
    let shown = visited.count <= 12 ? visited[...] : visited.prefix(5)
    let list = shown.map(String.init).joined(separator: " ")
    let tail =
      visited.count <= 12 ? "" : " ... " + visited.suffix(3).map(String.init).joined(separator: " ")
    let words = text(plan).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return "\(words); timesteps \(list)\(tail) of \(model.schedule.last)"
  }

  /// Name, steps and noise, as key and value.
  func text(_ plan: SamplingPlan) -> [(key: String, value: String)] {
    let steps = ("steps", "\(plan.steps.count)")
    switch self {
    case .ancestral(let variance):
      return [("sampler", "ddpm"), steps, ("variance", variance.rawValue)]
    case .respaced(_, let spacing, let variance):
      return [
        ("sampler", "ddpm"), steps, ("spacing", spacing.rawValue), ("variance", variance.rawValue),
      ]
    case .ddim(_, let spacing, let eta):
      return [("sampler", "ddim"), steps, ("eta", eta.text), ("spacing", spacing.rawValue)]
    }
  }
}

extension Eta {
  /// As the command line spells it.
  var text: String {
    switch self {
    case .value(let eta): ValueFormat<Double>.number(0...1).write(eta)
    case .hat: "hat"
    }
  }
}
