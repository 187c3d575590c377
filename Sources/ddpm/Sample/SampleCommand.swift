// `ddpm sample`: its words and its options.

import Diffusion

/// Draws images from a model.
package struct SampleCommand: Command {
  package static let name = "sample"
  package static let isShared = true
  package static let abstract = "Draws images from a trained model"
  package static let examples = [
    Example("ddpm sample --out samples.png", "a grid of images"),
    Example(
      "ddpm sample --model runs/digits --sampler ddpm --out ancestral.png",
      "DDPM's ancestral sampling through every timestep"),
    Example(
      "ddpm sample --count 8 --progressive steps.png --preview",
      "eight images as they emerge, and a look at them in the terminal"),
    Example(
      "ddpm sample --progressive digits.apng", "the grid as it emerges from noise, moving"),
    Example(
      "ddpm sample --class 3 --interpolate 10 --out between.png",
      "from one image to another, eight times"),
    Example(
      "ddpm sample --count 1000 --steps 20 --eta 0.5 --seed 7 --out images.npy",
      "a thousand images as an array for NumPy"),
    Example(
      "ddpm sample --fast --count 50000 --out digits.idx.gz",
      "fifty thousand images by the student that ships, in two evaluations each"),
    Example(
      "ddpm sample --model runs/classes --class 7 --guidance 1 --out sevens.png",
      "one class of a conditional model, guided"),
  ]

  static let fast = Option<Bool>(
    "--fast",
    "the student that ships, \(ModelChoice.fast) here or as installed: two evaluations of the network per"
      + " image")
  static let out = Option<String>(
    "--out", "FILE", .path(of: .file(endings: OutputFile.endings)), default: "samples.png",
    "a grid (\(OutputFile.pictureEndings)), every image (\(OutputFile.arrayEndings)), or DIR/: a PNG"
      + " each")
  static let count = Option<Int?>(
    "--count", "N", .integer(1...Limit.images), unset: "64; of all classes 8 each",
    "how many images")
  static let first = Option<Int>(
    "--first", "N", .integer(0...Limit.images), default: 0,
    "begin with image N of the seed: shares of one job")
  static let grid = Option<Int?>(
    "--grid", "COLUMNS", .integer(1...Limit.images), unset: "square; of all classes a row each",
    "images per row of the grid")
  static let interpolate = Option<Int?>(
    "--interpolate", "N", .integer(2...Limit.columns),
    "rows of N images on the way from one image's noise to another's; deterministic samplers only")
  static let progressive = Option<String?>(
    "--progressive", "FILE", .path(of: .file(endings: ProgressiveFile.endings)),
    "also a grid (\(OutputFile.pictureEndings)) of the estimates of each image on the way, or all of"
      + " them moving (.apng)")
  static let preview = Option<Bool>("--preview", "show the images in the terminal")

  static let sampler = Option<SamplerKind?>(
    "--sampler", "NAME", .sampler, unset: "the model's own, ddim",
    "how the noise is removed: \(SamplerKind.all.names)")
  static let steps = Option<Int?>(
    "--steps", "S", .integer(1...Limit.timesteps),
    unset: "ddim 50, solvers 10, ddpm all",
    "how many timesteps are visited; a model may have a number of its own")
  static let eta = Option<Eta?>(
    "--eta", "X|hat", .eta, unset: "0",
    "ddim's noise from 0, none, to 1, ddpm's; hat: the paper's larger one")
  static let spacing = Option<StepSpacing?>(
    "--spacing", "NAME", .choice, unset: "the model's own, trailing",
    "which timesteps: \(StepSpacing.allCases.map(\.rawValue).joined(separator: ", "))")
  static let variance = Option<ReverseVariance.Kind?>(
    "--variance", "NAME", .choice, unset: "the model's own, small",
    """
    ddpm's: small or large; learned: the network's own; optimal: Analytic-DPM's, estimated once per \
    model
    """)
  static let clip = Option<ClipChoice?>(
    "--clip", "range|dynamic|none", .choice, unset: "the model's own, range",
    "what becomes of estimated images outside [-1, 1]; dynamic: each is scaled to fit")
  static let noClip = Option<Bool>("--no-clip", "the same as --clip none")

  static let classes = Option<ClassChoice?>(
    "--class", "K|all", .classChoice, unset: "all",
    "the class to draw, counted from 0; conditional models only")
  static let weights = Option<DiffusionModel.Weights>(
    "--weights", "ema|raw", .choice, default: .ema,
    "the weights' average, or, of a run of ddpm train, the weights themselves")

  static let noise = Option<String?>(
    "--noise", "FILE.npy", .path(of: .file(endings: ["npy"])), unset: "from the seed",
    "the noise the images start from, N x C x H x W")
  static let batch = Option<Int?>(
    "--batch", "N", .integer(1...Limit.batch), unset: "a sensible one",
    "images at a time; the results are the same for any number")

  package static let table = OptionTable(
    .init(
      "Model and output", CommonOptions.model, fast, weights, out, count, first, grid, interpolate),
    .init("Sampler", sampler, steps, eta, spacing, variance, clip, noClip),
    .init(
      "Class and guidance", classes, CommonOptions.guidance, CommonOptions.guidanceInterval,
      CommonOptions.guideBy, CommonOptions.guidanceRescale),
    .init("Machine and reproducibility", CommonOptions.seed, noise, batch, CommonOptions.threads),
    .init("Looking", progressive, preview, CommonOptions.quiet),
    exclusive: [[CommonOptions.model, fast]])

  package let settings: SampleSettings
  /// What the ranks of a job compare.
  let arguments: Arguments

  package init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    settings = try SampleSettings(arguments)
  }
}
