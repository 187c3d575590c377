// `ddpm edit` at work.

import Diffusion

extension EditCommand {
  package func run() throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    try settings.output.checkPlace()
    let (model, folder) = try ModelChoice.open(settings.model, progress)
    var input = try settings.read(for: model)
    input.images = input.images.withChannels(of: model.imageSize)
    try settings.checkSize(of: input.images, for: model)
    var options = SamplingOptions(threads: threadCount(settings.threads))
    options.seed = settings.seed
    options.classes = input.classes.map(ClassChoice.each)
    options.guidance = settings.guidance.map { Guidance($0) }
    try model.check(options)
    let clock = ContinuousClock.now
    options.progress = { share in
      progress.update("\(percent(share))  left \(left(share, since: clock).brief)")
    }
    let edited = try settings.edited(input.images, by: model, options, progress)
    let text =
      Tool.text(model: folder) + edited.text + [("steps", "\(settings.steps)")]
      + [("seed", "\(settings.seed)")]
    if let latents = settings.latents, let values = edited.latents {
      try AtomicFile.write(values.npy, to: latents)
    }
    let columns = edited.results.count
    switch settings.output {
    case .picture:
      let rows = ([edited.originals] + edited.results).compactMap(\.self).interleaved
      try settings.output.arranged(columns: columns + (edited.originals == nil ? 0 : 1))
        .write(rows, text: text)
      if settings.hasPreview {
        Output.messages.note(Preview(.messages).text(ByteImages(rows), columns + 1))
      }
    case .array:
      try settings.output.write(edited.results.interleaved, text: text)
    }
    if let latents = settings.latents { try Output.results.line(latents) }
    try Output.results.line(settings.output.path)
  }
}

/// Edited images: each of `results` has one per original, in the originals' order.
private struct Edited {
  var originals: Images?
  var results: [Images]
  var latents: Images?
  var text: [(key: String, value: String)]
}

extension EditSettings {
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
    let name =
      switch input {
      case .file(let path): path
      case .split: "--data"
      }
    throw FileError(
      path: name, .invalid("its images are \(images.size), those of the model \(wanted)"))
  }

  fileprivate func edited(
    _ images: Images, by model: DiffusionModel, _ options: SamplingOptions,
    _ progress: SharedProgress
  ) throws -> Edited {
    var options = options
    switch edit {
    case .reconstruct:
      let latents = try model.encode(images, steps: steps, options)
      let again = try model.decode(latents, steps: steps, options)
      let error = SampleMean(images.squaredErrors(again))
      progress.finish(
        "mean squared error per dimension of \(counted(images.count, "image"))"
          + " \(scientific(error.mean))")
      return Edited(
        originals: images, results: [again], latents: latents, text: [("edit", "encoded, decoded")])
    case .interpolate(let columns):
      guard images.count >= 2 else {
        throw UsageError(
          "--interpolate \(columns) goes from one image to another: take two or more")
      }
      let latents = try model.encode(images, steps: steps, options)
      // From each image to the next one.
      let pairs = (0..<images.count - 1).flatMap { [$0, $0 + 1] }
      let circles = latents.picked(pairs).greatCircles(columns: columns)
      if case .each(let classes)? = options.classes {
        options.classes = .each(
          (0..<circles.count).map { place in
            let column = place % columns
            return classes[place / columns + (2 * column < columns ? 0 : 1)]
          })
      }
      let between = try model.decode(circles, steps: steps, options)
      let rows = images.count - 1
      return Edited(
        originals: nil,
        results: (0..<columns).map { column in
          between.picked((0..<rows).map { $0 * columns + column })
        }, latents: latents, text: [("edit", "on the great circles between x_T")])
    case .redraw(let strengths):
      return Edited(
        originals: images,
        results: try strengths.map {
          try model.edit(images, strength: $0, steps: steps, options)
        },
        text: [("edit", "strengths \(strengths.map(\.brief).joined(separator: " "))")])
    case .inpaint(let choice, let resample, let jump):
      let mask = try choice.mask(of: model.imageSize)
      let grid = try StepSpacing.trailing.timesteps(steps, of: model.schedule)
      let path = RePaint.path(along: grid, jump: jump, times: resample)
      let plan = SamplingPlan(RePaint(images, hiding: mask), along: path)
      let result = try model.sample(images.count, plan, options)
      progress.finish("\(result.evaluations) evaluations of the network per image")
      return Edited(
        originals: images, results: [result.images], text: [("edit", "inpainted")])
    case .upscale(let factor):
      let small = images.size == model.imageSize ? images.shrunk(by: factor) : images
      let plan = SamplingPlan(
        NullSpaceSampler(small, factor: factor), steps: steps, spacing: .trailing)
      let large = try model.sample(images.count, plan, options).images
      return Edited(
        originals: small.enlarged(by: factor), results: [large],
        text: [("edit", "\(factor) times enlarged")])
    }
  }
}

extension MaskChoice {
  /// From this level of grey on a pixel of a mask's file is white.
  private static let white: UInt8 = 128

  /// The mask for images of a size.
  ///
  /// - Throws: `FileError` for a picture of another size.
  fileprivate func mask(of size: ImageSize) throws(FileError) -> Mask {
    switch self {
    case .part(let part): return Mask(part, of: size)
    case .file(let path):
      let picture = try PNG.read(path)
      guard picture.height == size.height, picture.width == size.width else {
        throw FileError(
          path: path,
          .invalid(
            "is \(picture.height) x \(picture.width), the model's images \(size.height) x"
              + " \(size.width)"))
      }
      return Mask(
        size,
        hidden: stride(from: 0, to: picture.pixels.count, by: picture.channels).map {
          picture.pixels[$0] >= MaskChoice.white
        })
    }
  }
}

extension [Images] {
  /// The first image of each, then the second of each, and so on.
  fileprivate var interleaved: Images {
    let size = self[0].size
    return Images(
      size: size,
      values: (0..<self[0].count).flatMap { place in
        flatMap { $0.values[place * size.values..<(place + 1) * size.values] }
      })
  }
}

extension Images {
  /// Every pixel repeated K times in both directions.
  fileprivate func enlarged(by factor: Int) -> Images {
    let large = ImageSize(
      height: size.height * factor, width: size.width * factor, channels: size.channels)
    return Images(
      size: large,
      values: (0..<count * large.values).map { place in
        let (image, rest) = place.quotientAndRemainder(dividingBy: large.values)
        let (pixel, channel) = rest.quotientAndRemainder(dividingBy: large.channels)
        let row = (pixel / large.width / factor) * size.width + pixel % large.width / factor
        return values[image * size.values + row * size.channels + channel]
      })
  }
}
