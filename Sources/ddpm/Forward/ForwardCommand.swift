// `ddpm forward`: its words, its options and its settings.

import Diffusion

/// Draws what the forward process does to images.
package struct ForwardCommand: Command {
  package static let name = "forward"
  package static let abstract = "Draws what the forward process does to real images"
  package static let examples = [
    Example("ddpm forward", "MNIST on its way into noise, and the curves of the schedule"),
    Example(
      "ddpm forward --data synthetic --schedule linear,cosine --out schedules.png",
      "two schedules, one below the other"),
    Example("ddpm forward --model runs/mnist --out process.png", "the process of a model"),
  ]

  static let out = Option<String>(
    "--out", "FILE", .path(of: .file(endings: OutputFile.pictureEndingList)),
    default: "forward.png", "the picture (\(OutputFile.pictureEndings))")
  static let count = Option<Int>(
    "--count", "N", .integer(1...64), default: 4, "how many images, a row each")
  static let model = Option<String?>(
    CommonOptions.model.flag, "DIR", .folder, "draw the process of this model")
  static let schedules = Option<[BetaSchedule]>(
    "--schedule", "LIST", .list(of: .choice), default: [.cosine],
    "how the noise grows: linear, cosine, quadratic, sigmoid; a block for each")

  package static let table = OptionTable(
    .init("Data and output", CommonOptions.data, CommonOptions.transpose, out, count),
    .init(
      "Process", model, schedules, TrainCommand.timesteps, TrainCommand.zeroSNR),
    .init("Reproducibility", CommonOptions.seed, CommonOptions.quiet),
    exclusive: decidedByModel.map { [model, $0] })

  /// What a model's process has decided already.
  private static let decidedByModel: [any AnyOption] = [
    schedules, TrainCommand.timesteps, TrainCommand.zeroSNR,
  ]

  package let settings: ForwardSettings

  package init(_ arguments: Arguments) throws(UsageError) {
    settings = try ForwardSettings(arguments)
  }
}

/// A picture of the forward process as the command line describes it.
package struct ForwardSettings: Equatable, Sendable {
  /// Where the process comes from.
  package enum Source: Equatable, Sendable {
    /// Schedules, one after the other.
    case schedules([BetaSchedule], timesteps: Int, hasZeroSNR: Bool)
    /// A model's folder.
    case model(String)
  }

  package var data: DataSettings
  package var output: OutputFile
  package var count: Int
  package var source: Source
  package var seed: UInt64
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Forward = ForwardCommand
    data = try DataSettings(arguments)
    output = try OutputFile(picture: arguments[Forward.out], flag: Forward.out.flag)
    count = try arguments[Forward.count]
    source =
      if let model = try arguments[ForwardCommand.model] {
        .model(model)
      } else {
        .schedules(
          try arguments[Forward.schedules], timesteps: try arguments[TrainCommand.timesteps],
          hasZeroSNR: try arguments[TrainCommand.zeroSNR])
      }
    seed = try arguments[CommonOptions.seed]
    isQuiet = try arguments[CommonOptions.quiet]
  }
}
