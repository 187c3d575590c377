// The settings of `ddpm edit`; nil leaves a choice to the program.

import Diffusion

/// Where the images to edit come from.
package enum EditInput: Equatable, Sendable {
  /// A part of `--data`.
  case split(Dataset.Split)
  /// A file of images.
  case file(String)
}

extension ValueFormat where Value == EditInput {
  package static var editInput: Self {
    let file = ValueFormat<String>.path(of: .file(endings: ["png", "idx", "idx.gz", "npy"]))
    return Self("a file's path", path: file.path) { text in
      // A word alone is one of those below, or mistyped.
      text.contains { "./".contains($0) || $0 == "-" } ? EditInput.file(text) : nil
    } write: { input in
      if case .file(let path) = input { path } else { "" }
    }.or("train", means: .split(.train)).or("test", means: .split(.test))
  }
}

extension ValueFormat where Value == LatentSolver {
  package static var latentSolver: Self {
    named(LatentSolver.allCases) { $0.name }
  }
}

/// What is done with the images.
package enum Edit: Equatable, Sendable {
  /// To x_T and back.
  case reconstruct
  /// Rows of so many images between the latents of two; as a sheet, as many rows between those of four.
  case interpolate(columns: Int, isSheet: Bool)
  /// SDEdit, with each of these strengths; towards another class, of a conditional model.
  case redraw([Double], target: Int?)
  /// RePaint.
  case inpaint(MaskChoice, resample: Int, jump: Int)
  /// So many times larger.
  case upscale(Int)
  /// Asyrp: towards a class in h-space, by each of these amounts.
  case move(to: Int, amounts: [Double])
}

/// An editing as the command line describes it.
package struct EditSettings: Equatable, Sendable {
  package var model: String?
  package var data: DataSettings
  package var input: EditInput
  package var pick: [Int]?
  package var count: Int?
  package var classNumber: Int?
  package var output: OutputFile
  package var latents: String?
  package var edit: Edit
  /// How images are encoded and decoded.
  package var solver: LatentSolver
  /// How noise is removed from images that noise was added to.
  package var sampler: any Sampler { solver == .ddim ? DDIMSampler() : SecondOrderDDIM() }
  package var steps: Int
  /// Whether the steps were asked for.
  private var namesSteps: Bool
  package var guidance: Double?
  package var seed: UInt64
  package var threads: Int?
  package var hasPreview: Bool
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Command = EditCommand
    model = try arguments[CommonOptions.model]
    data = try DataSettings(arguments)
    input = try arguments[Command.from]
    (pick, count) = (try arguments[Command.pick], try arguments[Command.count])
    classNumber = try arguments[Command.classes]
    output = try OutputFile(
      path: arguments[Command.out], columns: nil, flag: Command.out.flag)
    latents = try arguments[Command.latents]
    solver = try arguments[Command.sampler]
    steps = try arguments[Command.steps] ?? Command.usualSteps
    namesSteps = arguments.has(Command.steps)
    guidance = try arguments[EditCommand.guidance]
    seed = try arguments[CommonOptions.seed]
    threads = try arguments[CommonOptions.threads]
    hasPreview = try arguments[SampleCommand.preview]
    isQuiet = try arguments[CommonOptions.quiet]
    edit =
      if let columns = try arguments[Command.interpolate] {
        .interpolate(columns: columns, isSheet: try arguments[Command.grid])
      } else if let strengths = try arguments[Command.strength] {
        .redraw(strengths, target: try arguments[Command.towards])
      } else if let target = try arguments[Command.towards] {
        .move(to: target, amounts: try arguments[Command.amount] ?? [Command.usualAmount])
      } else if let mask = try arguments[Command.mask] {
        .inpaint(
          // A single step leaves nothing to walk again.
          mask,
          resample: try arguments[Command.resample] ?? (steps > 1 ? Command.usualResample : 1),
          jump: try arguments[Command.jump] ?? max(1, min(Command.usualJump, steps - 1)))
      } else if let factor = try arguments[Command.upscale] {
        .upscale(factor)
      } else {
        .reconstruct
      }
    try refuseNonsense(arguments)
  }

  /// Refuses what is meant for one kind of editing in another.
  private func refuseNonsense(_ arguments: Arguments) throws(UsageError) {
    typealias Command = EditCommand
    if !arguments.has(Command.mask) {
      for option in [Command.resample, Command.jump] where arguments.has(option) {
        throw UsageError("\(option.flag) says how --mask walks: add --mask")
      }
    }
    if arguments.has(Command.grid), !arguments.has(Command.interpolate) {
      throw UsageError("--grid makes a sheet of --interpolate between four images: add it")
    }
    if arguments.has(Command.amount) {
      guard arguments.has(Command.towards), !arguments.has(Command.strength) else {
        throw UsageError(
          "--amount says how far --towards goes in h-space: add it, without --strength")
      }
    }
    if let latents, !latents.lowercased().hasSuffix(".npy") {
      throw UsageError("--latents takes a file ending in .npy, not \"\(latents)\"")
    }
    if let latents, Path.isSame(latents, output.path) {
      throw UsageError("--latents and --out name the same file, \"\(latents)\"; take two")
    }
    if case .file = input, data.isTransposed, !arguments.has(Command.towards) {
      throw UsageError(
        "--transpose turns the images of --data, and --from names a file: leave it out")
    }
    try refuseReplacing()
    switch edit {
    case .inpaint where arguments.has(Command.sampler),
      .upscale where arguments.has(Command.sampler), .move where arguments.has(Command.sampler):
      throw UsageError(
        "--sampler: RePaint, DDNM and Asyrp have samplers of their own: leave it out")
    default: break
    }
    try checkJump()
    switch edit {
    case .reconstruct, .interpolate, .move: break
    case .redraw, .inpaint, .upscale:
      if latents != nil {
        throw UsageError("--latents are x_T of images that are encoded: leave out the other edit")
      }
    }
  }

  private func checkJump() throws(UsageError) {
    guard case .inpaint(_, let resample, let jump) = edit, resample > 1, jump >= steps else {
      return
    }
    throw UsageError(
      "--jump \(jump): a stretch that is walked again is shorter than all \(counted(steps, "step")): take"
        + " fewer, more --steps, or --resample 1")
  }

  /// The settings for a model: where no steps were asked for, no more than it has, and of a student its own.
  ///
  /// - Throws: `UsageError` where they are too few for what was asked for.
  func fitted(to model: DiffusionModel) throws(UsageError) -> EditSettings {
    guard !namesSteps else { return self }
    var settings = self
    settings.steps = min(steps, model.schedule.last.value, model.studentSteps ?? .max)
    guard settings.steps < steps else { return self }
    // Its own choices follow.
    if case .inpaint(let mask, EditCommand.usualResample, EditCommand.usualJump) = edit {
      settings.edit = .inpaint(
        mask, resample: settings.steps > 1 ? EditCommand.usualResample : 1,
        jump: max(1, min(EditCommand.usualJump, settings.steps - 1)))
    }
    try settings.checkJump()
    return settings
  }

  /// Refuses to write over what is read, and two files of labels of one name.
  private func refuseReplacing() throws(UsageError) {
    var inputs: [String] = []
    if case .file(let path) = input { inputs.append(path) }
    if case .inpaint(.file(let path), _, _) = edit { inputs.append(path) }
    try OutputFile.refuse(replacing: inputs, by: output.paths, EditCommand.out.flag)
    if let latents {
      try OutputFile.refuse(
        replacing: inputs, by: [latents, LabelFile.path(beside: latents)], EditCommand.latents.flag)
    }
    if let latents, edit != .reconstruct, let labels = output.labelPath,
      Path.isSame(labels, LabelFile.path(beside: latents))
    {
      throw UsageError(
        "--latents and --out would both have their labels in \"\(labels)\": take two names")
    }
  }
}
