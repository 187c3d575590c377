// `ddpm sample` at work.

import Diffusion
import Foundation
import Ranks

extension SampleCommand {
  package func run() throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    let ready = try Tool.ranks.together { try prepare(progress) }
    try Tool.ranks.agree(
      on: Tool.facts(
        ready.model, guidance: ready.options.guidance,
        images: ready.options.start?.fingerprint ?? "", arguments.record(of: Self.table)))
    let (model, folder, path, count) = (ready.model, ready.folder, ready.path, ready.count)
    var options = ready.options
    progress.say(settings.sampler.summary(path, model))
    if case .one(let number) = settings.classes, model.configuration.unseenClasses.contains(number)
    {
      progress.warn("no training image was of class \(number): nothing of it was learned")
    }
    if let gap = model.gap(before: path) { progress.warn("\(gap)") }
    if let excess = model.excess(of: path.count - 1) { progress.warn("\(excess)") }
    if let guidance = options.guidance, guidance.weight > 0, let oddity = model.oddityOfGuidance {
      progress.warn(oddity)
    }
    if let guidance = options.guidance, guidance.weight > 0, !path.contains(where: guidance.acts) {
      progress.warn("--guidance-interval meets no timestep that is visited: nothing is guided")
    }
    if ready.plan.sampler is HeunSampler, let leap = model.leap(along: path) {
      progress.warn("\(leap)")
    }

    let clock = ContinuousClock.now
    func report(_ clippedShare: Double) {
      let time = ContinuousClock.now - clock
      progress.finish(
        "\(counted(count, "image")) in \(time.brief): \(rate(of: count, in: time, unit: "image")),"
          + " \(percent(clippedShare)) of the estimated values clipped")
    }
    let classes = model.classes(settings.first..<settings.first + count, options.classes)
    if isWrittenWhileDrawn(options), case .array(let file, _) = settings.output {
      Interruption.watch()
      var portions = PortionedSampling(count, of: model, ready.plan, options, progress)
      let written = try settings.output.write(
        count, of: model.imageSize, to: file, classes: classes
      ) {
        let images = try portions.next()
        if images == nil { progress.endLine() }
        return images
      }
      report(portions.clippedShare)
      for path in written { try Output.results.line(path) }
      return
    }
    options.progress = { progress.update(drawn: $0, of: count, since: clock) }
    let way = settings.progressive.map { ProgressiveGrid(count, model.imageSize, path, for: $0) }
    let samples = try model.sample(count, ready.plan, options, observing: way?.observer)
    guard Tool.ranks.isFirst else { return }
    report(samples.clippedShare)
    let text = settings.text(
      folder, path, model, model.text(options, guide: settings.guidance.guide))
    // Elsewhere than at the first image a column begins with another class.
    let rows = settings.first == 0 ? model.rows(of: count, options.classes) : nil
    let written = try settings.output.write(
      samples.images, rows: rows, classes: classes, first: settings.first, text: text)
    if settings.hasPreview {
      Output.messages.note(Preview(.messages).text(ByteImages(samples.images), settings.columns))
    }
    try way?.write(ByteImages(samples.images), rows: rows, columns: settings.columns, text)
    for path in written + [settings.progressive?.file.path].compactMap(\.self) {
      try Output.results.line(path)
    }
  }

  /// Whether nothing but the file of an array needs the images, and no other process has some of them.
  private func isWrittenWhileDrawn(_ options: SamplingOptions) -> Bool {
    !settings.hasPreview && settings.progressive == nil && options.start == nil
      && options.ranks.count == 1
  }

  /// What a sampling needs before its first step.
  private struct Ready {
    let model: DiffusionModel
    let folder: String
    let options: SamplingOptions
    let count: Int
    let plan: SamplingPlan
    let path: [Timestep]
  }

  private func prepare(_ progress: SharedProgress) throws -> Ready {
    try settings.output.checkPlace()
    try settings.progressive?.file.checkPlace()
    let (model, folder) = try ModelChoice.open(
      settings.isFast ? ModelChoice.fastFolder() : settings.model, weights: settings.weights,
      progress)
    for file in [settings.output, settings.progressive?.file].compactMap(\.self) {
      try file.check(channels: model.imageSize.channels)
    }
    var options = SamplingOptions(threads: threadCount(settings.threads))
    (options.classes, options.guidance) = (
      settings.classes, try settings.guidance.guidance(progress)
    )
    options.clipping = settings.clip?.clipping(of: model)
    try model.check(options)
    try settings.checkInterpolation(of: model)
    let (count, start) = try settings.start(model)
    if options.classes == nil, settings.interpolation == nil, let noise = settings.noise,
      let known = model.classCount, let all = start?.count,
      let labels = try LabelFile.classes(beside: noise, of: all, below: known)
    {
      options.classes = .each(labels)
      progress.say("classes   those in \(LabelFile.path(beside: noise).printable)")
    }
    // Whatever cannot be drawn is refused before a variance is estimated, which takes a while.
    let path = try model.path(settings.sampler.plan(for: model) { model.largestImageVariance })
    try settings.checkMemory(of: count, model, path)
    let plan = try settings.sampler.plan(for: model) {
      try ImageVarianceFile.imageVariance(
        of: model, in: folder, weights: settings.weights, threads: options.threads, progress)
    }
    (options.seed, options.first) = (settings.seed, settings.first)
    options.batch = settings.batch
    options.start = start
    options.ranks = Tool.ranks
    return Ready(
      model: model, folder: folder, options: options, count: count, plan: plan, path: path)
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
    // What they are computed in, what they are, and where they start from.
    try SampleSettings.check(
      [3, ends / 2, columns, model.imageSize.values, MemoryLayout<Float>.size],
      for: "the noise of all images")
    let circles = (given?.prefix(ends) ?? model.noise(ends, seed: seed))
      .greatCircles(columns: columns)
    return (circles.count, circles)
  }

  /// Makes sure that there is memory for what is gathered on the way.
  ///
  /// - Throws: `UsageError`.
  fileprivate func checkMemory(
    of count: Int, _ model: DiffusionModel, _ path: [Timestep]
  ) throws(UsageError) {
    guard let progressive else { return }
    let shown = ProgressiveGrid.shown(of: path.count - 1, most: progressive.mostSteps).count
    // What is gathered, and the picture that is made of it.
    try SampleSettings.check(
      [2, count, shown, model.imageSize.values], for: "--progressive with so many images")
  }

  private static func check(_ factors: [Int], for work: String) throws(UsageError) {
    try MemoryEstimate(bytes: factors.checkedProduct ?? .max)
      .check(for: work, "take a smaller --count")
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
        path: path,
        .invalid(
          "holds images of \(images.size); the model draws \(model.imageSize), as a file of shape"
            + " [N, C, H, W]"))
    }
    guard images.count >= least else {
      let use = interpolation == nil ? "" : ", two per row"
      throw FileError(
        path: path,
        .invalid("holds \(counted(images.count, "image")); \(least) are asked for\(use)"))
    }
    return images
  }

  /// Images per row of the grid, nil where it is square.
  fileprivate var columns: Int? {
    if case .picture(_, _, let columns) = output { columns } else { interpolation }
  }

  /// The clipping, unless it is to the range of images.
  private func clippingText(_ model: DiffusionModel) -> [(key: String, value: String)] {
    let clipping = clip?.clipping(of: model) ?? model.clipping
    return clipping == .toRange(1) ? [] : [("clipping", clipping.text)]
  }

  /// What a PNG says about how it was made.
  fileprivate func text(
    _ folder: String, _ path: [Timestep], _ model: DiffusionModel,
    _ classes: [(key: String, value: String)]
  ) -> [(key: String, value: String)] {
    Tool.text(model: folder) + (weights == .raw ? [("weights", weights.rawValue)] : [])
      + sampler.text(path, model) + clippingText(model) + classes
      + [("seed", "\(seed)")] + (first == 0 ? [] : [("first", "\(first)")])
      + (noise.map { [("noise", $0)] } ?? [])
      + (interpolation.map { [("interpolate", "\($0) images per row, on great circles")] } ?? [])
  }
}

extension Tool {
  /// What every picture of a model's samples says first about how it was made.
  static func text(model: String) -> [(key: String, value: String)] {
    [("Software", "ddpm \(version)"), ("model", model)]
  }
}

extension DiffusionModel {
  /// More of the image's variance than this at the first timestep visited is a visible difference from
  /// the pure noise that sampling starts from.
  private static let visibleSignal = 0.01

  /// What is wrong with a path that starts where the images should still show; nil where nothing is.
  func gap(before path: [Timestep]) -> String? {
    guard let first = path.first, schedule.alphaBar(first) > Self.visibleSignal,
      first < schedule.last
    else { return nil }
    return
      "the first timestep visited is \(first) of \(schedule.last), where the images should still"
      + " show through the noise: --spacing trailing starts at \(schedule.last)"
  }

  /// The steps that a student learned to draw in; nil for any other model.
  var studentSteps: Int? {
    defaults.preference.flatMap { $0.sampler == .ddim ? $0.steps : nil }
  }

  /// What is wrong with so many steps of a student; nil where nothing is.
  func excess(of steps: Int) -> String? {
    guard let own = studentSteps, steps > own else { return nil }
    return
      "the model is a student of \(counted(own, "step")): \(steps) are worse, its teacher is for them"
  }

  /// What is wrong with guiding a student; nil where nothing is.
  var oddityOfGuidance: String? {
    studentSteps.map { steps in
      "the model is a student of \(counted(steps, "step")), which did not learn to be guided: ddpm distill"
        + " --guidance W makes one that draws as its guided teacher does"
    }
  }

  /// The largest ratio of the noise's deviation to the image's at the two ends of a step over which Heun's
  /// mean of two slopes means anything.
  private static let largestLeap = 100.0

  /// What is wrong with a first step of Heun's that removes nearly all of the noise at once; nil where
  /// nothing is.
  func leap(along path: [Timestep]) -> String? {
    guard path.count > 2 else { return nil }
    let ratio = exp(schedule.logSNR(path[1]) - schedule.logSNR(path[0]))
    guard ratio > Self.largestLeap, ratio.isFinite else { return nil }
    return
      "Heun's first step, from timestep \(path[0]) to \(path[1]), divides the noise by"
      + " \(String(format: "%.3g", ratio)) at once, which spoils images: take another solver, or many more steps"
  }
}
