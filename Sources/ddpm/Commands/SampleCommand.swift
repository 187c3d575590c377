// `ddpm sample`: its words and its options.

import Diffusion

/// Draws images from a model.
package struct SampleCommand: Command {
  package static let name = "sample"
  package static let abstract = "Draws images from a trained model"
  package static let examples = [
    Example("ddpm sample --out samples.png", "an 8 x 8 grid by DDIM in 50 steps"),
    Example(
      "ddpm sample --model runs/digits --sampler ddpm --out ancestral.png",
      "DDPM's ancestral sampling through every timestep"),
    Example(
      "ddpm sample --count 1000 --steps 20 --eta 0.5 --seed 7 --out images.npy",
      "a thousand images as an array for NumPy"),
  ]

  static let out = Option<String>(
    "--out", "FILE", .path, default: "samples.png",
    "a grid (\(OutputFile.pictureEndings)), or every image (\(OutputFile.arrayEndings))")
  static let count = Option<Int?>(
    "--count", "N", .integer(1...Limit.images), unset: "64", "how many images")
  static let grid = Option<Int?>(
    "--grid", "COLUMNS", .integer(1...Limit.images), unset: "square",
    "images a row of the grid")

  static let sampler = Option<SamplerName>(
    "--sampler", "ddpm|ddim", .choice, default: .ddim, "how the noise is removed")
  static let steps = Option<Int?>(
    "--steps", "S", .integer(1...Limit.timesteps),
    unset: "\(defaultSteps); ddpm: every timestep", "how many timesteps are visited")
  static let eta = Option<Eta?>(
    "--eta", "X|hat", .eta, unset: "0",
    "ddim's noise from 0, none, to 1, ddpm's; hat: the paper's larger one")
  static let spacing = Option<StepSpacing>(
    "--spacing", "NAME", .choice, default: .trailing,
    "which timesteps: uniform, quadratic, leading, trailing or linspace")
  static let variance = Option<PosteriorVariance>(
    "--variance", "small|large", .choice, default: .small, "ddpm's two choices")
  static let noClip = Option<Bool>(
    "--no-clip", "leave the estimated images outside [-1, 1] as they are")
  static let defaultSteps = 50

  static let weights = Option<DiffusionModel.Weights>(
    "--weights", "ema|raw", .choice, default: .ema,
    "the weights' average, or, of a run of ddpm train, the weights themselves")

  static let noise = Option<String?>(
    "--noise", "FILE.npy", .path, unset: "from the seed",
    "the noise the images start from, N x C x H x W")
  static let batch = Option<Int?>(
    "--batch", "N", .integer(1...Limit.batch), unset: "a sensible one",
    "images at a time; the results are the same for any number")

  package static let table = OptionTable(
    .init("Model and output", CommonOptions.model, weights, out, count, grid),
    .init("Sampler", sampler, steps, eta, spacing, variance, noClip),
    .init("Machine and reproducibility", CommonOptions.seed, noise, batch, CommonOptions.threads),
    .init("On the way", CommonOptions.quiet))

  package let settings: SampleSettings

  package init(_ arguments: Arguments) throws(UsageError) {
    settings = try SampleSettings(arguments)
  }
}
