// `ddpm train`: its words and its options.

import Diffusion

/// Trains a model.
package struct TrainCommand: Command {
  package static let name = "train"
  package static let isShared = true
  package static let abstract = "Trains a denoising diffusion model on a folder of images"
  package static let examples = [
    Example(
      "ddpm train --data synthetic --minutes 2 --out runs/digits",
      "two minutes on built-in digits: needs no file"),
    Example("ddpm train", "ten epochs of the MNIST in data/mnist, into runs/mnist"),
    Example("ddpm train --resume --epochs 20", "go on with it, to twenty epochs in all"),
    Example(
      "ddpm train --minutes 5 --out runs/five", "digits in five minutes, one row per class"),
    Example(
      "ddpm train --preset base --steps 100000 --unconditional",
      "a larger network without classes, for a given number of steps"),
    Example(
      "ddpm train --from runs/mnist --data my-digits --minutes 2 --out runs/mine",
      "go on with a model on images of one's own"),
  ]

  static let flip = Option<Bool>("--flip", "mirror half of the images left to right, at random")
  static let out = Option<String>(
    "--out", "DIR", .folder, default: ModelChoice.defaultRun, "the run's folder")
  static let resume = Option<Bool>(
    "--resume", "go on with the run in the folder, exactly where it was; also with a larger budget")
  static let overwrite = Option<Bool>(
    "--overwrite", "replace the run that is in the folder")
  static let limit = Option<Int?>(
    "--limit", "N", .integer(1...Limit.images), unset: "all",
    "learn from the first N images only, for a quick try")

  static let preset = Option<UNetConfiguration.Preset?>(
    "--preset", "tiny|small|base", .choice, unset: "what the budget is best spent on, printed",
    "the size of the U-Net")
  static let channels = Option<[Int]?>(
    "--channels", "A,B,C", .list(of: .integer(UNetConfiguration.Limit.levelChannels)),
    unset: "the preset's", "channels of each level, the finest first")
  static let blocks = Option<Int?>(
    "--blocks", "N", .integer(UNetConfiguration.Limit.layers), unset: "the preset's",
    "residual blocks per level")
  static let attention = Option<[Int]?>(
    "--attention", "none|LEVELS", .levels, unset: "the preset's",
    "levels with self-attention, as in 2,3; the finest is 1")
  static let dropout = Option<Double?>(
    "--dropout", "P", .number(UNetConfiguration.Limit.dropout), unset: "the preset's",
    "the part of each block's activations dropped in training")

  static let timesteps = Option<Int>(
    "--timesteps", "T", .integer(NoiseSchedule.timestepCounts), default: 1000,
    "steps of the forward process")
  static let schedule = Option<ScheduleKind>(
    "--schedule", "NAME", .choice, default: .cosine,
    "how the noise grows: linear, cosine, quadratic or sigmoid; learned: trained so that the"
      + " estimates of the bound vary least, in continuous time (VDM)")
  static let fourier = Option<Bool>(
    "--fourier",
    "show the network sines and cosines of x too, in octaves up to a period for each level of grey: for"
      + " likelihood; not for diffusers")
  static let zeroSNR = Option<Bool>(
    "--zero-snr", "rescale the schedule so that nothing of the image is left at T")
  static let predict = Option<Prediction>(
    "--predict", "NAME", .choice, default: .velocity,
    "what the network outputs: noise, sample, mean or velocity")

  static let loss = Option<LossKind>(
    "--loss", "NAME", .choice, default: .simple,
    "simple: DDPM's L_simple; bound: the variational bound, with --predict mean the model of"
      + " Sohl-Dickstein et al.; hybrid: L_simple, and the bound for the variance")
  static let learnVariance = Option<Bool>(
    "--learn-variance",
    "the network also outputs the variance of each reverse step; always with --loss hybrid")
  static let weight = Option<TimestepWeight>(
    "--weight", "none|min-snr|p2", .choice, default: .none,
    "how much each timestep counts in L_simple")
  static let timestepSampling = Option<TimestepSampling?>(
    "--timestep-sampling", "NAME", .choice, unset: "stratified; with --loss bound importance",
    "stratified: evenly; importance: the more often the larger the loss there")

  static let conditional = Option<Bool>(
    "--conditional",
    "train with the labels, a tenth of them left out for guidance; the default where the data have labels"
  )
  static let unconditional = Option<Bool>("--unconditional", "train without the labels")
  static let from = Option<String?>(
    "--from", "MODEL", .folder, unset: "a network that has learned nothing",
    "begin with a model's weights, its process and its prediction: fine-tuning")

  static let steps = Option<Int?>(
    "--steps", "N", .integer(1...Limit.steps), "train for N batches")
  static let epochs = Option<Int?>(
    "--epochs", "N", .integer(1...Limit.steps), unset: "\(defaultEpochs)",
    "train for N passes over the data")
  static let minutes = Option<Double?>(
    "--minutes", "M", .positiveNumber(upTo: Limit.minutes), "train for M minutes")
  static let defaultEpochs = 10

  static let optimizer = Option<Optimizer>(
    "--optimizer", "adam|muon", .choice, default: .muon,
    "what updates the weights of convolutions and dense layers; the rest is Adam's")
  static let batch = Option<Int?>(
    "--batch", "N", .integer(1...Limit.batch), unset: printed, "images per step")
  static let learningRate = Option<Double?>(
    "--learning-rate", "X", .positiveNumber(upTo: Limit.learningRate), unset: printed,
    "the optimizer's step size")
  static let warmup = Option<Int?>(
    "--warmup", "N", .integer(0...Limit.steps), unset: printed,
    "steps in which the learning rate grows from 0")
  static let ema = Option<Double?>(
    "--ema", "X", .number(0..<1), unset: printed,
    "decay of the weights' moving average, which is the model; 0 for none")
  static let clip = Option<Double?>(
    "--clip", "X", .positiveNumber(upTo: Limit.gradientNorm), unset: printed,
    "the largest norm of a gradient")
  private static let printed = "a sensible one, printed"

  static let sampleEvery = Option<Int?>(
    "--sample-every", "N", .integer(0...Limit.steps),
    unset: "\(TrainingSession.usualSampleEvery)",
    "steps between two grids of samples; 0 for none")
  static let saveEvery = Option<Int?>(
    "--save-every", "N", .integer(1...Limit.steps),
    unset: "\(TrainingSession.usualSaveEvery)",
    "steps between two checkpoints")
  static let keepEvery = Option<Int?>(
    "--keep-every", "N", .integer(0...Limit.steps), unset: "0",
    "steps between two models kept for good in snapshots/; 0 for none")

  static let detectAnomaly = Option<Bool>(
    "--detect-anomaly", "on a loss that is not finite, name the first tensor that was not")

  package static let table = OptionTable(
    .init(
      "Data and output", CommonOptions.data, CommonOptions.transpose, flip, limit, out, resume,
      overwrite),
    .init("Network", preset, channels, blocks, attention, dropout, fourier),
    .init(
      "Process and prediction", timesteps, schedule, zeroSNR, predict, conditional, unconditional,
      from),
    .init("Objective", loss, learnVariance, weight, timestepSampling),
    .init("Budget, one of the three", steps, epochs, minutes),
    .init("Optimisation", optimizer, batch, learningRate, warmup, ema, clip),
    .init("Machine and reproducibility", CommonOptions.seed, CommonOptions.threads),
    .init("On the way", sampleEvery, saveEvery, keepEvery, detectAnomaly, CommonOptions.quiet),
    exclusive: [
      [steps, epochs, minutes], [resume, overwrite], [conditional, unconditional],
    ] + decidedByModel.map { [from, $0] })

  /// What a model that a training begins with has decided already.
  static let decidedByModel: [any AnyOption] = [
    preset, channels, blocks, attention, dropout, fourier, timesteps, schedule, zeroSNR, predict,
    learnVariance,
    conditional,
    unconditional,
  ]

  /// What has no meaning where the schedule is learned in continuous time, for the bound.
  static let decidedByLearning: [any AnyOption] = [
    timesteps, zeroSNR, loss, learnVariance, weight, timestepSampling,
  ]

  package let settings: TrainSettings
  let arguments: Arguments

  package init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    settings = try TrainSettings(arguments)
  }
}
