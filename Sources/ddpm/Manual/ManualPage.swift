// The manual page, made from the same tables that parse the command line.

/// The page `ddpm(1)`.
package enum ManualPage {
  /// The page's source, in the macros of man(7).
  package static var source: String {
    var page = Roff(
      comment: "Manual of ddpm \(Tool.version), made by: ddpm \(ManCommand.name)", name: "ddpm",
      section: 1, source: "ddpm \(Tool.version)")
    page.addSynopsis()
    page.addDescription()
    for command in Tool.commands { page.add(command) }
    page.addExamples()
    page.section("EXIT STATUS")
    for code in ExitCode.allCases {
      page.item(.bold("\(code.rawValue)"), .plain(code.meaning))
    }
    page.add("SIGNALS", signals)
    page.add("FILES", files)
    page.add("ENVIRONMENT", environment)
    return page.source
  }

  private static let signals = [
    Entry(
      "SIGINT, SIGTERM, SIGHUP",
      "Training and distilling end after the step in progress and keep what is done; a second one ends them at"
        + " once. Evaluating ends at once and keeps what is measured. Sampling into an array ends after the"
        + " images in progress, other commands at once, and both keep nothing."),
    Entry("SIGUSR1", "Makes a training save a checkpoint now."),
  ]

  private static let files = [
    Entry(
      ModelChoice.defaultRun,
      "The run that train writes and the other commands read where none is named. A run is a diffusers"
        + " pipeline (model_index.json, unet/, scheduler/) with training/, what going on needs,"
        + " metrics.jsonl, loss.png and samples/."),
    Entry("data/mnist", "The images to learn from where none are named."),
    Entry(
      "\(ModelChoice.shipped), \(ModelChoice.fast)",
      "The model that ships and its student of two steps, in the working folder."),
    Entry(
      "PREFIX/\(Installation.share)/model, PREFIX/\(Installation.share)/fast",
      "The same as scripts/install.sh puts them, beside the program in PREFIX/bin; they are taken where the"
        + " working folder has none."),
    Entry(
      "~/.cache/ddpm",
      "Classifiers that evaluate and edit --towards have trained; they can be made again."),
  ]

  private static let environment = [
    Entry("NO_COLOR", "Where it is set and not empty, nothing is coloured."),
    Entry(
      "TERM, COLORTERM, LC_ALL, LC_CTYPE, LANG",
      "What the terminal can do. With TERM=dumb no line is rewritten; --preview draws half blocks in any"
        + " colour with COLORTERM=truecolor and a UTF-8 locale, in 256 colours where TERM names them, and"
        + " characters elsewhere."),
    Entry("XDG_CACHE_HOME", "The folder to keep classifiers in, in place of ~/.cache."),
  ]
}

/// A name and what there is to say about it.
private struct Entry {
  let name: String
  let meaning: String

  init(_ name: String, _ meaning: String) {
    (self.name, self.meaning) = (name, meaning)
  }
}

extension Roff {
  fileprivate mutating func add(_ title: String, _ entries: [Entry]) {
    section(title)
    for entry in entries { item(.bold(entry.name), .plain(entry.meaning)) }
  }

  fileprivate mutating func addSynopsis() {
    section("NAME")
    line(.plain("ddpm - \(Tool.summary.uncapitalized)"))
    section("SYNOPSIS")
    for command in Tool.commands {
      line(Roff.usage(of: command))
      lineBreak()
    }
    for words in ["--help", "--version"] {
      line(.bold("ddpm \(words)"))
      lineBreak()
    }
    line(.bold("ddpm") + .plain(" ") + .italic("COMMAND") + .bold(" --help"))
  }

  private static func usage(of command: any Command.Type) -> Text {
    let operand = command.table.operand?.placeholder.map { Text.plain(" ") + .italic($0) }
    let options = command.table.options.isEmpty ? nil : Text.plain(" [OPTIONS]")
    return [operand, options].compactMap(\.self)
      .reduce(.bold("ddpm \(command.name)"), +)
  }

  fileprivate mutating func addDescription() {
    section("DESCRIPTION")
    line(
      .plain(
        "Trains denoising diffusion models (Ho et al. 2020, Song et al. 2020) on images such as MNIST's,"
          + " draws images from them, edits images with them, and measures them. A model comes with the"
          + " program: "
      ) + .bold("ddpm sample") + .plain(" draws digits at once."))
    paragraph(
      .plain(
        "Options are written --flag value or --flag=value, each once. Results go to standard output,"
          + " progress and messages to standard error; an error is one line that says what to do. The same"
          + " seed gives the same images, whatever the count, the batch and the number of threads.")
    )
    for command in Tool.commands {
      item(.bold(command.name), .plain(command.abstract + "."))
    }
  }

  /// A command's options in their groups.
  fileprivate mutating func add(_ command: any Command.Type) {
    section(command.name.uppercased())
    line(Roff.usage(of: command))
    paragraph(.plain(command.abstract + "."))
    if let operand = command.table.operand {
      item(.italic(operand.placeholder ?? operand.flag), .plain(operand.help + "."))
    }
    for group in command.table.groups {
      subsection(group.title)
      for option in group.options {
        let value = option.placeholder.map { Text.plain(" ") + .italic($0) }
        let shown = option.shownDefault.map { " (default: \($0))" } ?? ""
        item([value].compactMap(\.self).reduce(.bold(option.flag), +), .plain(option.help + shown))
      }
    }
  }

  fileprivate mutating func addExamples() {
    section("EXAMPLES")
    for example in Tool.commands.flatMap({ $0.examples }) {
      item(.bold(example.line), .plain(example.purpose))
    }
  }
}

extension String {
  /// The text with a small first letter, as it goes on within a sentence.
  fileprivate var uncapitalized: String { prefix(1).lowercased() + dropFirst() }
}
