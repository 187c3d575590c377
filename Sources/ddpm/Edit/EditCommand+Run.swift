// `ddpm edit` at work.

import Diffusion
import Ranks
import Synchronization

extension EditCommand {
  package func run() throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    let (editor, input) = try Tool.ranks.together { try prepare(progress) }
    let model = editor.model
    try Tool.ranks.agree(
      on: Tool.facts(
        model, guidance: editor.options.guidance, images: input.images.fingerprint,
        arguments.record(of: Self.table)))
    let edited = try editor.edited(input)
    guard Tool.ranks.isFirst else { return }
    progress.endLine()
    var options = editor.options
    if options.classes != nil, !edited.classes.isEmpty {
      let first = edited.classes[0]
      options.classes =
        edited.classes.allSatisfy { $0 == first } ? .one(first) : .each(edited.classes)
    }
    try editor.settings.write(
      edited, Tool.text(model: editor.folder), model.text(options),
      classes: model.classCount == nil ? [] : input.classes ?? [])
  }

  private func prepare(_ progress: SharedProgress) throws -> (Editor, EditImages) {
    try settings.output.checkPlace()
    if let latents = settings.latents {
      for path in [latents, LabelFile.path(beside: latents)] { try OutputFile.checkPlace(path) }
    }
    let (model, folder) = try ModelChoice.open(settings.model, progress)
    let settings = try settings.fitted(to: model)
    try settings.output.check(channels: model.imageSize.channels)
    try settings.checkClass(of: model)
    if let excess = model.excess(of: settings.steps) { progress.warn("\(excess)") }
    var input = try settings.read(for: model, in: folder, progress)
    if input.images.size.channels == 3, model.imageSize.channels == 1 {
      progress.warn("the images are in colour and the model's are grey: their brightness is taken")
    }
    input.images = input.images.withChannels(of: model.imageSize)
    try settings.checkSize(of: input.images, for: model)
    var options = SamplingOptions(threads: threadCount(settings.threads))
    options.seed = settings.seed
    options.classes = model.classCount == nil ? nil : input.classes.map(ClassChoice.each)
    options.guidance = settings.guidance.map { Guidance($0) }
    try model.check(options)
    let clock = PhaseClock()
    options.progress = { share in
      progress.update("\(percent(share))  left \(left(share, since: clock.start(of: share)).brief)")
    }
    options.ranks = Tool.ranks
    let editor = Editor(
      model: model, folder: folder, settings: settings, options: options, progress: progress)
    return (editor, input)
  }
}

extension EditSettings {
  /// Writes the results, for a picture behind their originals, and the latents.
  ///
  /// - Parameters:
  ///   - model: what a picture says of it.
  ///   - guided: what it says of classes and guidance.
  ///   - classes: of the input, as a conditional model took them.
  fileprivate func write(
    _ edited: Edited, _ model: [(key: String, value: String)],
    _ guided: [(key: String, value: String)], classes: [Int]
  ) throws {
    let text =
      model + edited.text + samplerText + [("steps", "\(steps)")] + guided
      + [("seed", "\(seed)")]
    var beside: [String] = []
    if let latents, let values = edited.latents {
      try AtomicFile.write(values.npy, to: latents)
      beside = [latents] + (try LabelFile.write(classes, beside: latents))
    }
    var written = [output.path]
    let columns = edited.columns + (edited.originals == nil ? 0 : 1)
    switch output {
    case .picture:
      try output.arranged(columns: columns).write(edited.rows, text: text)
    case .array, .folder:
      written = try output.write(
        edited.results, classes: classes.isEmpty ? [] : edited.classes, text: text)
    }
    if hasPreview {
      Output.messages.note(Preview(.messages).text(ByteImages(edited.rows), columns))
    }
    for path in beside + written { try Output.results.line(path) }
  }
}

/// When each of several works began, one after the other, that report their shares to the same place.
private final class PhaseClock: Sendable {
  private let state = Mutex((start: ContinuousClock.now, last: ContinuousClock.now, share: 0.0))

  /// When the work began of which a share is done: where that falls far back, a new one has begun, and did when
  /// the one before it ended.
  func start(of share: Double) -> ContinuousClock.Instant {
    state.withLock { state in
      // Threads may report out of order.
      if share < state.share / 2 { state.start = state.last }
      (state.last, state.share) = (.now, share)
      return state.start
    }
  }
}

extension EditSettings {
  /// What a picture says of how its images were drawn.
  fileprivate var samplerText: [(key: String, value: String)] {
    switch edit {
    case .reconstruct, .interpolate, .redraw: [("sampler", solver.name), ("eta", "0")]
    case .inpaint: [("sampler", "RePaint")]
    case .upscale: [("sampler", "DDNM"), ("eta", "0")]
    case .move: [("sampler", "Asyrp"), ("eta", "0")]
    }
  }

  /// A class of a file's images means something to a model with classes, and to `--towards`.
  ///
  /// - Throws: `UsageError`.
  fileprivate func checkClass(of model: DiffusionModel) throws(UsageError) {
    guard case .file = input, classNumber != nil, model.classCount == nil else { return }
    if case .move = edit { return }
    throw UsageError("--class: the model knows no classes; leave it out")
  }

  /// Makes sure that the images are the model's, or for upscaling a part of it.
  ///
  /// - Throws: `FileError`, `UsageError`.
  fileprivate func checkSize(of images: Images, for model: DiffusionModel) throws {
    var wanted = model.imageSize
    if case .upscale(let factor) = edit {
      guard wanted.height % factor == 0, wanted.width % factor == 0 else {
        throw UsageError(
          "--upscale \(factor): the model's images are \(wanted), which is no multiple of it")
      }
      let small = ImageSize(
        height: wanted.height / factor, width: wanted.width / factor, channels: wanted.channels)
      // Images of the model's size are made small first, so that real ones show what is lost.
      if images.size != wanted { wanted = small }
    }
    guard images.size != wanted else { return }
    var reason = "its images are \(images.size), those of the model \(model.imageSize)"
    if wanted != model.imageSize {
      reason += ": to enlarge them by this factor, they have to be \(wanted)"
    }
    let name =
      switch input {
      case .file(let path): path
      case .split:
        if case .folder(let path) = data.choice { path } else { "--data synthetic" }
      }
    throw FileError(path: name, .invalid(reason))
  }
}
