// The settings of `ddpm sample`; nil leaves a choice to the library.

import Diffusion

/// A sampling as the command line describes it.
package struct SampleSettings: Equatable, Sendable {
  package var model: String?
  /// Whether the student that ships is the model.
  package var isFast: Bool
  package var weights: DiffusionModel.Weights
  package var output: OutputFile
  /// 64, or as many as the file of noise has.
  package var count: Int?
  /// The number of the first image.
  package var first: Int
  /// Images per row of noise between two, where that is what is sampled from.
  package var interpolation: Int?
  /// Where the estimates along the way are drawn.
  package var progressive: ProgressiveFile?
  package var hasPreview: Bool
  package var sampler: SamplerSettings
  /// nil is as the model's own pipeline says.
  package var clip: ClipChoice?
  package var classes: ClassChoice?
  package var guidance: GuidanceSettings
  package var seed: UInt64
  package var noise: String?
  package var batch: Int?
  package var threads: Int?
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Sample = SampleCommand
    model = try arguments[CommonOptions.model]
    isFast = try arguments[Sample.fast]
    interpolation = try arguments[Sample.interpolate]
    weights = try arguments[Sample.weights]
    output = try OutputFile(
      path: arguments[Sample.out], columns: arguments[Sample.grid], flag: Sample.out.flag)
    if let interpolation { output = output.arranged(columns: interpolation) }
    progressive = try arguments[Sample.progressive].map { path throws(UsageError) in
      try ProgressiveFile(path, flag: Sample.progressive.flag)
    }
    hasPreview = try arguments[Sample.preview]
    count = try arguments[Sample.count]
    first = try arguments[Sample.first]
    sampler = try SamplerSettings(arguments)
    clip = try arguments[Sample.clip]
    if try arguments[Sample.noClip] {
      guard clip == nil || clip == .off else {
        throw UsageError(
          "--no-clip is --clip none, and --clip says something else: give one of them")
      }
      clip = .off
    }
    classes = try arguments[Sample.classes]
    guidance = try GuidanceSettings(arguments)
    seed = try arguments[CommonOptions.seed]
    noise = try arguments[Sample.noise]
    batch = try arguments[Sample.batch]
    threads = try arguments[CommonOptions.threads]
    isQuiet = try arguments[CommonOptions.quiet]
    try refuseNonsense(arguments)
  }

  /// Refuses what is meant for one way of sampling in another.
  private func refuseNonsense(_ arguments: Arguments) throws(UsageError) {
    typealias Sample = SampleCommand
    if let progressive, Path.isSame(progressive.file.path, output.path) {
      throw UsageError("--progressive and --out name the same file, \"\(output.path)\"; take two")
    }
    if let noise {
      try OutputFile.refuse(replacing: [noise], by: output.paths, Sample.out.flag)
      if let progressive {
        try OutputFile.refuse(
          replacing: [noise], by: progressive.file.paths, Sample.progressive.flag)
      }
    }
    if noise != nil, arguments.has(CommonOptions.seed), sampler.isDeterministic {
      throw UsageError(
        "--seed decides nothing here: the images start from --noise, and with --eta 0 nothing random"
          + " is added")
    }
    if first > 0, noise != nil || interpolation != nil {
      throw UsageError(
        "--first counts the images of the seed, and --\(noise == nil ? "interpolate" : "noise") draws"
          + " others: leave it out")
    }
    guard let interpolation else { return }
    guard sampler.isDeterministic else {
      throw UsageError(
        "--interpolate needs images that follow from their noise alone: leave out --eta and"
          + " --sampler ddpm")
    }
    guard !arguments.has(Sample.grid) else {
      throw UsageError("--interpolate \(interpolation) makes that many columns; leave out --grid")
    }
    if let count, count % interpolation != 0 {
      let rows = max(1, count / interpolation)
      throw UsageError(
        "--count \(count) is no whole number of rows of --interpolate \(interpolation) images: take"
          + " \(rows * interpolation) or \((rows + 1) * interpolation)")
    }
  }
}
