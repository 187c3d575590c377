// The settings of `ddpm edit`; nil leaves a choice to the program.

import Diffusion

/// Where the images to edit come from.
package enum EditInput: Equatable, Sendable {
  /// A part of `--data`.
  case split(Dataset.Split)
  /// A file of images.
  case file(String)
}

/// What is drawn anew.
package enum MaskChoice: Equatable, Sendable {
  case part(Mask.Part)
  /// A PNG, white where it is.
  case file(String)
}

extension ValueFormat where Value == EditInput {
  package static var editInput: Self {
    let file = ValueFormat<String>.path(of: .file(endings: ["png", "idx", "idx.gz", "npy"]))
    return Self("a file's path", path: file.path) { text in
      file.read(text).map(EditInput.file)
    } write: { input in
      if case .file(let path) = input { path } else { "" }
    }.or("train", means: .split(.train)).or("test", means: .split(.test))
  }
}

extension ValueFormat where Value == MaskChoice {
  package static var mask: Self {
    let file = ValueFormat<String>.path(of: .file(endings: ["png"]))
    let files = Self("a PNG's path", path: file.path) { text in
      file.read(text).map(MaskChoice.file)
    } write: { mask in
      if case .file(let path) = mask { path } else { "" }
    }
    return Mask.Part.allCases.reduce(files) { $0.or($1.rawValue, means: .part($1)) }
  }
}

/// What is done with the images.
package enum Edit: Equatable, Sendable {
  /// To x_T and back.
  case reconstruct
  /// Rows of so many images between the latents of two.
  case interpolate(columns: Int)
  /// SDEdit, with each of these strengths.
  case redraw([Double])
  /// RePaint.
  case inpaint(MaskChoice, resample: Int, jump: Int)
  /// So many times larger.
  case upscale(Int)
}

/// An editing as the command line describes it.
package struct EditSettings: Equatable, Sendable {
  package var model: String?
  package var data: DataChoice
  package var input: EditInput
  package var pick: [Int]?
  package var count: Int?
  package var classNumber: Int?
  package var output: OutputFile
  package var latents: String?
  package var edit: Edit
  package var steps: Int
  package var guidance: Double?
  package var seed: UInt64
  package var threads: Int?
  package var hasPreview: Bool
  package var isQuiet: Bool

  init(_ arguments: Arguments) throws(UsageError) {
    typealias Command = EditCommand
    model = try arguments[CommonOptions.model]
    data = try arguments[CommonOptions.data]
    input = try arguments[Command.from]
    (pick, count) = (try arguments[Command.pick], try arguments[Command.count])
    classNumber = try arguments[Command.classes]
    output = try OutputFile(
      path: arguments[Command.out], columns: nil, flag: Command.out.flag)
    latents = try arguments[Command.latents]
    steps = try arguments[Command.steps]
    guidance = try arguments[CommonOptions.guidance]
    seed = try arguments[CommonOptions.seed]
    threads = try arguments[CommonOptions.threads]
    hasPreview = try arguments[SampleCommand.preview]
    isQuiet = try arguments[CommonOptions.quiet]
    edit =
      if let columns = try arguments[Command.interpolate] {
        .interpolate(columns: columns)
      } else if let strengths = try arguments[Command.strength] {
        .redraw(strengths)
      } else if let mask = try arguments[Command.mask] {
        .inpaint(
          mask, resample: try arguments[Command.resample] ?? Command.usualResample,
          jump: try arguments[Command.jump] ?? Command.usualJump)
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
    if let latents, Path.isSame(latents, output.path) {
      throw UsageError("--latents and --out name the same file, \"\(latents)\"; take two")
    }
    switch edit {
    case .reconstruct, .interpolate: break
    case .redraw, .inpaint, .upscale:
      if latents != nil {
        throw UsageError("--latents are x_T of images that are encoded: leave out the other edit")
      }
    }
  }
}
