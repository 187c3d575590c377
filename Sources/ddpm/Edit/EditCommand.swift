// `ddpm edit`: its words and its options.

import Diffusion

/// Sends real images through a model.
package struct EditCommand: Command {
  package static let name = "edit"
  package static let isShared = true
  package static let abstract =
    "Encodes, interpolates, redraws, inpaints and enlarges real images"
  package static let examples = [
    Example("ddpm edit --from test --count 8", "eight test images to x_T and back"),
    Example(
      "ddpm edit --from test --pick 3,2,1,14 --latents latents.npy --out again.png",
      "four of them, and their x_T for ddpm sample --noise"),
    Example(
      "ddpm edit --from test --class 3 --count 8 --interpolate 10 --out between.png",
      "on the way from one real image to the next"),
    Example(
      "ddpm edit --from test --pick 0,1,2,3 --interpolate 8 --grid --out sheet.png",
      "a sheet between four of them"),
    Example(
      "ddpm edit --from test --class 4 --towards 9 --amount 0,1,2 --out nines.png",
      "fours that become nines, along a direction of the bottleneck's activations"),
    Example(
      "ddpm edit --from test --count 4 --strength 0.2,0.4,0.6,0.8 --out strengths.png",
      "ever more of each image drawn anew"),
    Example(
      "ddpm edit --from test --count 8 --mask right --out halves.png",
      "the right halves drawn anew"),
    Example(
      "ddpm edit --from test --count 8 --upscale 4 --out enlarged.png",
      "from 7 x 7 pixels to 28 x 28"),
  ]

  static let from = Option<EditInput>(
    "--from", "FILE|train|test", .editInput, default: .split(.test),
    "the images: a file (.png, .idx, .idx.gz, .npy), or a split of --data")
  static let pick = Option<[Int]?>(
    "--pick", "I,J,...", .list(of: .integer(0...Limit.images)), unset: "the first",
    "which of them, counted from 0")
  static let count = Option<Int?>(
    "--count", "N", .integer(1...Limit.images), unset: "8, of a sheet 4, of a file all",
    "how many of them")
  static let classes = Option<Int?>(
    "--class", "K", .integer(0...UNetConfiguration.Limit.classes.upperBound - 1),
    unset: "the images' labels",
    "of a split the images of this class; of files the class that the model is conditioned on")
  static let out = Option<String>(
    "--out", "FILE", .path(of: .file(endings: OutputFile.endings)), default: "edited.png",
    "a grid, each row with the image first (\(OutputFile.pictureEndings)), or the results"
      + " (\(OutputFile.arrayEndings), or DIR/: a PNG each)")
  static let latents = Option<String?>(
    "--latents", "FILE.npy", .path(of: .file(endings: ["npy"])),
    "also save x_T of the images, for ddpm sample --noise")

  static let interpolate = Option<Int?>(
    "--interpolate", "N", .integer(2...Limit.columns),
    "rows of N images on the great circle from the x_T of each image to that of the next")
  static let grid = Option<Bool>(
    "--grid", "--interpolate between four images, as a sheet of N x N")
  static let strength = Option<[Double]?>(
    "--strength", "LIST", .list(of: .number(0...1)),
    "noise the images to this share of the timesteps and denoise them; a column each (SDEdit)")
  static let towards = Option<Int?>(
    "--towards", "CLASS", .integer(0...UNetConfiguration.Limit.classes.upperBound - 1),
    "move the images to a class in the space of the bottleneck's activations (Asyrp); with --strength:"
      + " draw them anew as of that class")
  static let amount = Option<[Double]?>(
    "--amount", "LIST", .list(of: .number(0...Limit.amount)), unset: usualAmount.brief,
    "how far --towards goes, 1 from class to class; a column each")
  static let usualAmount = 1.0
  static let mask = Option<MaskChoice?>(
    "--mask", "FILE|PART", .mask,
    "draw anew what is hidden: left, right, top, bottom, center, or what is white in a PNG (RePaint)"
  )
  static let resample = Option<Int?>(
    "--resample", "R", .integer(1...1000), unset: "\(usualResample), in one step 1",
    "how often --mask walks each stretch of steps")
  static let jump = Option<Int?>(
    "--jump", "J", .integer(1...Limit.timesteps), unset: "\(usualJump)", "steps of such a stretch")
  static let upscale = Option<Int?>(
    "--upscale", "K", .integer(2...64),
    "enlarge images K times whose means of K x K pixels stay (DDNM)")
  static let sampler = Option<LatentSolver>(
    "--sampler", "ddim|ddim2", .latentSolver, default: .secondOrder,
    "how images are encoded and decoded: DDIM, or DDIM of second order")
  static let steps = Option<Int?>(
    "--steps", "S", .integer(1...Limit.timesteps), unset: "\(usualSteps), or as many as there are",
    "how many timesteps are visited each way")
  static let usualSteps = 50

  static let guidance = Option<Double?>(
    CommonOptions.guidance.flag, "W", .number(0...Limit.guidance), unset: "0",
    "how much more of its class an image gets; doubles the time; for a model with classes")

  static let usualResample = 5
  static let usualJump = 5

  package static let table = OptionTable(
    .init(
      "Model and images", CommonOptions.model, CommonOptions.data, CommonOptions.transpose, from,
      pick, count, classes),
    .init("Output", out, latents),
    .init(
      "What to do (none: to x_T and back)", interpolate, grid, strength, towards, amount,
      mask, resample, jump, upscale),
    .init("Sampler", sampler, steps, guidance),
    .init("Machine and reproducibility", CommonOptions.seed, CommonOptions.threads),
    .init("Looking", SampleCommand.preview, CommonOptions.quiet),
    exclusive: [
      [interpolate, strength, mask, upscale], [interpolate, towards, mask, upscale], [pick, count],
    ])

  package let settings: EditSettings
  /// What the ranks of a job compare.
  let arguments: Arguments

  package init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    settings = try EditSettings(arguments)
  }
}
