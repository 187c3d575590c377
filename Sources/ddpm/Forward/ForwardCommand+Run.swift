// `ddpm forward` at work.

import Diffusion

extension ForwardCommand {
  package func run() throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    try settings.output.checkPlace()
    let processes = try settings.processes(progress)
    let data = try settings.data.load(.train, seed: settings.seed, limit: settings.count)
    let images = Images(data.images)
    let noise = Images.noise(images.count, size: images.size, seed: settings.seed)
    for (name, schedule) in processes {
      let alphaBar = scientific(schedule.alphaBar(schedule.last))
      progress.say(
        "process   \(name.printable), \(schedule.last) timesteps: alphaBar_T \(alphaBar)")
    }
    let blocks = processes.map { ForwardBlock($0.name, $0.schedule, images, noise) }
    let text = [
      ("Software", "ddpm \(Tool.version)"), ("data", data.name), ("seed", "\(settings.seed)"),
      (
        "columns",
        "x_t at timesteps \(blocks[0].timesteps.map(\.description).joined(separator: " "))"
      ),
    ]
    let picture = ForwardBlock.draw(blocks)
    switch settings.output {
    case .picture(let path, .pgm, _): try PGM.write(picture.grey, to: path)
    default: try PNG.write(picture, to: settings.output.path, text: text)
    }
    try Output.results.line(settings.output.path)
  }
}

extension ForwardSettings {
  /// The processes with their names.
  ///
  /// - Throws: `ScheduleError`; `MissingInput` or `FileError` for what is no model.
  fileprivate func processes(
    _ progress: SharedProgress
  ) throws -> [(name: String, schedule: NoiseSchedule)] {
    switch source {
    case .model(let folder):
      let (model, path) = try ModelChoice.open(folder, progress)
      return [(path, model.schedule)]
    case .schedules(let shapes, let timesteps, let hasZeroSNR):
      return try shapes.map { shape in
        let schedule = try NoiseSchedule(shape, timesteps: timesteps)
        guard hasZeroSNR else { return (shape.rawValue, schedule) }
        return ("\(shape.rawValue) to zero SNR", try schedule.withZeroTerminalSNR())
      }
    }
  }
}

extension Picture {
  /// The mean of the channels.
  fileprivate var grey: Picture {
    Picture(
      width: width, height: height, channels: 1,
      pixels: stride(from: 0, to: pixels.count, by: channels).map { place in
        let sum = pixels[place..<place + channels].reduce(0) { $0 + Int($1) }
        return UInt8(sum / channels)
      })
  }
}
