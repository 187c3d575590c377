// Each way of editing: what is asked of the library, and what is said of the result.

import Diffusion
import Ranks

/// A model at work on images.
struct Editor {
  let model: DiffusionModel
  /// The model's folder.
  let folder: String
  let settings: EditSettings
  var options: SamplingOptions
  let progress: SharedProgress

  private var steps: Int { settings.steps }

  /// The images, edited as the settings say.
  func edited(_ input: EditImages) throws -> Edited {
    let images = input.images
    switch settings.edit {
    case .reconstruct: return try reconstructed(input)
    case .interpolate(let columns, let isSheet):
      return isSheet ? try sheet(input, side: columns) : try between(input, columns: columns)
    case .redraw(let strengths, let target):
      return try redrawn(input, strengths, target: target)
    case .inpaint(let choice, let resample, let jump):
      let mask = try options.ranks.together { try choice.mask(of: model.imageSize) }
      let grid = try StepSpacing.trailing.timesteps(steps, of: model.schedule)
      let path = RePaint.path(along: grid, jump: jump, times: resample)
      let plan = SamplingPlan(RePaint(images, hiding: mask), along: path)
      let result = try model.sample(images.count, plan, options)
      progress.finish("\(result.evaluations) evaluations of the network per image")
      return Edited(
        images, columns: [result.images], classes: input.classes, text: "inpainted")
    case .upscale(let factor):
      let small = images.size == model.imageSize ? images.shrunk(by: factor) : images
      let plan = SamplingPlan(
        NullSpaceSampler(small, factor: factor), steps: steps, spacing: .trailing)
      let large = try model.sample(images.count, plan, options).images
      return Edited(
        small.enlarged(by: factor), columns: [large], classes: input.classes,
        text: "\(factor) times enlarged")
    case .move(let target, let amounts): return try moved(input, to: target, amounts)
    }
  }

  // MARK: Latents

  private func reconstructed(_ input: EditImages) throws -> Edited {
    let latents = try model.encode(input.images, steps: steps, by: settings.solver, options)
    let again = try model.decode(latents, steps: steps, by: settings.solver, options)
    let error = SampleMean(input.images.squaredErrors(again))
    progress.finish(
      "mean squared error per dimension of \(counted(input.images.count, "image"))"
        + " \(scientific(error.mean))")
    if let path = settings.latents {
      progress.say("the same images from their x_T: \(drawing(from: path))")
    }
    return Edited(
      input.images, columns: [again], classes: input.classes, latents: latents,
      text: "encoded, decoded")
  }

  /// The command that draws the images from their latents again: their labels lie beside these.
  private func drawing(from latents: String) -> String {
    var words = [
      "ddpm", "sample", "--model", folder.printable, "--noise", latents.printable, "--sampler",
      settings.solver.name,
      "--steps", "\(steps)", "--spacing", "trailing", "--clip", "none",
    ]
    if let weight = settings.guidance { words += ["--guidance", weight.brief] }
    return words.map(\.quotedForShells).joined(separator: " ")
  }

  /// From each image to the next one.
  private func between(_ input: EditImages, columns: Int) throws -> Edited {
    guard input.images.count >= 2 else {
      throw UsageError(
        "--interpolate \(columns) goes from one image to another: take two or more")
    }
    let latents = try model.encode(input.images, steps: steps, by: settings.solver, options)
    let pairs = (0..<input.images.count - 1).flatMap { [$0, $0 + 1] }
    let circles = latents.picked(pairs).greatCircles(columns: columns)
    let classes = input.classes.map { classes in
      (0..<circles.count).map { place in
        classes[place / columns + (2 * (place % columns) < columns ? 0 : 1)]
      }
    }
    return try decoded(circles, columns: columns, classes, latents)
  }

  /// Between four corners: the left and the right edge are rows of images, and the rows lie between.
  private func sheet(_ input: EditImages, side: Int) throws -> Edited {
    guard input.images.count == EditSettings.corners else {
      throw UsageError(
        "--interpolate \(side) --grid makes a sheet between four corners: take four images, not"
          + " \(input.images.count)")
    }
    let latents = try model.encode(input.images, steps: steps, by: settings.solver, options)
    // Corners are top left, top right, bottom left, bottom right.
    let edges = latents.picked([0, 2, 1, 3]).greatCircles(columns: side)
    let ends = (0..<side).flatMap { [$0, side + $0] }
    let circles = edges.picked(ends).greatCircles(columns: side)
    let classes = input.classes.map { classes in
      (0..<circles.count).map { place in
        let (row, column) = place.quotientAndRemainder(dividingBy: side)
        return classes[(2 * row < side ? 0 : 2) + (2 * column < side ? 0 : 1)]
      }
    }
    return try decoded(circles, columns: side, classes, latents)
  }

  private func decoded(
    _ circles: Images, columns: Int, _ classes: [Int]?, _ latents: Images
  ) throws -> Edited {
    var options = options
    if options.classes != nil, let classes { options.classes = .each(classes) }
    return Edited(
      rows: try model.decode(circles, steps: steps, by: settings.solver, options),
      columns: columns, classes: classes ?? [], latents: latents,
      text: "on the great circles between x_T")
  }

  // MARK: Changes of class

  private func redrawn(
    _ input: EditImages, _ strengths: [Double], target: Int?
  ) throws -> Edited {
    var options = options
    if let target {
      options.classes = .one(target)
      try model.check(options)
    }
    let columns = try strengths.map {
      try model.edit(input.images, strength: $0, settings.sampler, steps: steps, options)
    }
    let list = strengths.map(\.brief).joined(separator: " ")
    if let target, options.ranks.isFirst {
      try reportIfPossible(
        strengths.map { "strength \($0.brief)" }, columns, of: input, towards: target)
    }
    return Edited(
      input.images, columns: columns,
      classes: target.map { target in input.images.indices.map { _ in target } } ?? input.classes,
      text: "strengths \(list)" + (target.map { " towards \($0)" } ?? ""))
  }

  private func moved(_ input: EditImages, to target: Int, _ amounts: [Double]) throws -> Edited {
    guard let sources = input.classes else {
      throw UsageError("--towards \(target): say with --class which class the images are of")
    }
    if sources.allSatisfy({ $0 == target }) {
      throw UsageError("--towards \(target): the images are of that class: take another one")
    }
    let (training, shifts) = try options.ranks.together { try directions(sources, to: target) }
    try options.ranks.agree(on: [("set of training images", training.labelledFingerprint)])
    // Decoding is DDIM's, and so must encoding be: with no shift the image comes back as well as it can.
    let latents = try model.encode(input.images, steps: steps, by: .ddim, options)
    let columns = try amounts.map { amount in
      try model.decode(
        latents, shifts, from: sources, to: target, amount: amount, steps: steps, options)
    }
    if options.ranks.isFirst {
      try report(
        amounts.map { "amount \($0.brief)" }, columns, of: input, towards: target, training)
    }
    let list = amounts.map(\.brief).joined(separator: " ")
    return Edited(
      input.images, columns: columns, classes: sources.map { _ in target }, latents: latents,
      text: "towards \(target) in h-space, amounts \(list)")
  }

  /// Where the classes lie in h-space, and the images that tell.
  private func directions(
    _ sources: [Int], to target: Int
  ) throws -> (Dataset, ClassShifts) {
    let training = try trainingImages()
    let classes = try training.classCount()
    let labels = Set(training.labels ?? [])
    if let wrong = (sources + [target]).first(where: { !labels.contains(UInt8(clamping: $0)) }) {
      throw UsageError(
        "--towards \(target): \(training.name.printable) has classes from 0 to \(classes - 1), and no"
          + " image of \(wrong)")
    }
    let shifts = try ClassShiftsFile.shifts(
      of: model, in: folder, training, threads: options.threads, progress)
    return (training, shifts)
  }

  /// The labelled images that directions and a classifier are learned from.
  ///
  /// - Throws: `MissingInput`; `FileError` for images of another size than the model's.
  private func trainingImages() throws -> Dataset {
    let training = try settings.data.load(
      .train, seed: settings.data.heldOutSeed(of: folder, or: settings.seed))
    guard training.images.size == model.imageSize else {
      throw FileError(
        path: training.name,
        .invalid("its images are \(training.images.size), those of the model \(model.imageSize)"))
    }
    return training
  }

  /// The report of images that need no training images themselves: where these are missing or are others, it
  /// is left out.
  private func reportIfPossible(
    _ names: [String], _ columns: [Images], of input: EditImages, towards target: Int
  ) throws {
    do {
      try report(names, columns, of: input, towards: target, trainingImages())
    } catch let error where error is MissingInput || error is FileError {
      progress.say("how many are seen as \(target) is left out: \(error)")
    }
  }

  /// Says how many of the images are seen as the target's class, and how far they are from the originals.
  private func report(
    _ names: [String], _ columns: [Images], of input: EditImages, towards target: Int,
    _ training: Dataset
  ) throws {
    let classifier = try FeatureCache.usual.network(for: training) {
      progress.say($0)
    } train: { () throws(FileError) in
      progress.say("classifier learned once from the training images, to see what the results show")
      return try FeatureNetwork(trainedOn: training, threads: options.threads) { share in
        progress.update("\(percent(share)) of a classifier of the training images")
      }
    }
    for (name, images) in zip(names, columns) {
      let seen = classifier.features(of: ByteImages(images), threads: options.threads).classes
      let share = Double(seen.count { $0 == target }) / Double(seen.count)
      let distance = SampleMean(input.images.squaredErrors(images)).mean
      progress.finish(
        "\(name): \(percent(share)) seen as \(target), mean squared distance per dimension to the"
          + " originals \(scientific(distance))")
    }
  }
}

extension Images {
  fileprivate var indices: Range<Int> { 0..<count }

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
