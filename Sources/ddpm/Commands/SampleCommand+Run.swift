// `ddpm sample` at work.

import Diffusion

extension SampleCommand {
  package func run() throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    try settings.output.checkPlace()
    try settings.progressive?.checkPlace()
    let (model, folder) = try ModelChoice.open(
      settings.model, weights: settings.weights, progress)
    let plan = try settings.sampler.plan(for: model, clips: settings.clips)
    var options = SamplingOptions(threads: threadCount(settings.threads))
    (options.classes, options.guidance) = (settings.classes, settings.guidance)
    try model.check(options)
    try settings.checkInterpolation(of: model)
    let (count, start) = try settings.start(model)
    progress.say(settings.sampler.summary(plan, model))

    options.seed = settings.seed
    options.batch = settings.batch
    options.start = start
    let clock = ContinuousClock.now
    options.progress = { share in
      progress.update(
        "\(percent(share)) of \(counted(count, "image"))  left \(left(share, since: clock).brief)")
    }
    let way = settings.progressive.map { _ in ProgressiveGrid(count, model.imageSize, plan) }
    let samples = model.sample(count, plan: plan, options, observing: way?.observer)
    let time = ContinuousClock.now - clock
    progress.finish(
      "\(counted(count, "image")) in \(time.brief): \(rate(of: count, in: time, unit: "image")),"
        + " \(percent(samples.clippedShare)) of the estimated values clipped")
    let text = settings.text(folder, plan, model.text(options))
    try settings.output.write(
      samples.images, rows: model.rows(of: count, settings.classes), text: text)
    if settings.hasPreview {
      Output.messages.note(Preview(.messages).text(ByteImages(samples.images), settings.columns))
    }
    if let way, let progressive = settings.progressive { try way.write(to: progressive, text) }
    for file in [settings.output, settings.progressive].compactMap(\.self) {
      try Output.results.line(file.path)
    }
  }

  /// Rows of images between others, where neither a count nor a file of noise says how many.
  static let defaultRows = 8
}

extension SampleSettings {
  /// How many images to draw, and what they start from; nil is the noise of the seed.
  /// - Throws: `FileError` where a file's noise is not the model's size or too little.
  fileprivate func start(_ model: DiffusionModel) throws -> (count: Int, start: Images?) {
    guard let columns = interpolation else {
      let given = try noise.map { try read($0, atLeast: count ?? 1, model) }
      return (count ?? given?.count ?? model.defaultCount(classes), given)
    }
    let rows = count.map { $0 / columns }
    let given = try noise.map { try read($0, atLeast: 2 * (rows ?? 1), model) }
    let ends = 2 * (rows ?? given.map { $0.count / 2 } ?? SampleCommand.defaultRows)
    let circles = (given?.prefix(ends) ?? model.noise(ends, seed: seed))
      .greatCircles(columns: columns)
    return (circles.count, circles)
  }

  /// Images between two of different classes would change their class on the way.
  /// - Throws: `UsageError` where a row's images have no one class.
  fileprivate func checkInterpolation(of model: DiffusionModel) throws(UsageError) {
    guard interpolation != nil, model.classCount != nil else { return }
    guard case .one = classes else {
      throw UsageError("--interpolate: say with --class K which class the images are of")
    }
  }

  /// The noise in a file.
  private func read(_ path: String, atLeast least: Int, _ model: DiffusionModel) throws -> Images {
    let images = try Images(npy: path)
    guard images.size == model.imageSize else {
      throw FileError(
        path: path, .invalid("holds images of \(images.size); the model draws \(model.imageSize)"))
    }
    guard images.count >= least else {
      let use = interpolation == nil ? "" : ", two a row"
      throw FileError(
        path: path,
        .invalid("holds \(counted(images.count, "image")); \(least) are asked for\(use)"))
    }
    return images
  }

  /// Images a row of the grid, nil where it is square.
  fileprivate var columns: Int? {
    if case .picture(_, _, let columns) = output { columns } else { interpolation }
  }

  /// What a PNG tells about how it was made.
  fileprivate func text(
    _ folder: String, _ plan: SamplingPlan, _ classes: [(key: String, value: String)]
  ) -> [(key: String, value: String)] {
    Tool.text(model: folder) + (weights == .raw ? [("weights", weights.rawValue)] : [])
      + sampler.text(plan) + (clips ? [] : [("clipping", "none")]) + classes
      + [("seed", "\(seed)")] + (noise.map { [("noise", $0)] } ?? [])
      + (interpolation.map { [("interpolate", "\($0) images a row, on great circles")] } ?? [])
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
    let all = model.schedule.last.value
    let (steps, spacing, sampler): (Int, StepSpacing, Sampler) =
      switch self {
      case .ancestral(let variance): (all, .trailing, .ddpm(variance))
      case .respaced(let steps, let spacing, let variance): (steps, spacing, .ddpm(variance))
      case .ddim(let steps, let spacing, let eta):
        (steps ?? min(SampleCommand.defaultSteps, all), spacing, .ddim(eta))
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
