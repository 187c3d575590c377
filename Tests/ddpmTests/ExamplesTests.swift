// Every example of the help is carried out, with small numbers in place of the expensive ones.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct ExamplesTests {
  /// What is made cheap, and nothing else: how long is trained, and on how many images is sampled.
  private static let cheaper: [String: [(flag: String, value: String)]] = [
    "train": [("--minutes", "0.001"), ("--steps", "1")],
    "distill": [("--minutes", "0.001")],
    "sample": [("--count", "8")],
    "evaluate": [("--count", "2")],
  ]

  /// A line of the help with the cheap numbers; an evaluation's many images are cut down even
  /// where the line leaves their number to the default.
  private static func cheap(_ line: String, of command: String) -> String {
    var words = line.split(separator: " ").map(String.init)
    for (flag, value) in cheaper[command] ?? [] {
      if let place = words.firstIndex(of: flag) {
        words[place + 1] = value
      } else if command == "evaluate" {
        words += [flag, value]
      }
    }
    return words.joined(separator: " ")
  }

  static let lines = Tool.commands.flatMap { command in
    command.examples.map { (command: command.name, line: $0.line) }
  }

  /// A folder with what the examples name: data, models, and a home.
  private func workspace() throws -> Workspace {
    let workspace = try Workspace()
    let data = try workspace.makeData(classes: 10, images: (100, 100))
    for name in [
      "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
      "t10k-labels-idx1-ubyte",
    ] {
      for folder in ["data/mnist", "my-digits"] {
        try workspace.copy(URL(filePath: "\(data)/\(name)"), to: "\(folder)/\(name)")
      }
    }
    try workspace.makeModel(classes: 10, prediction: .velocity).save(
      to: workspace.path("runs/mnist"))
    try workspace.makeModel(classes: 10).save(to: workspace.path("runs/classes"))
    try digits().save(to: workspace.path("runs/digits"))
    try workspace.makeModel().save(to: workspace.path("data/fast"))
    for name in [
      ".local/share/bash-completion/completions", ".zsh/functions", ".config/fish/completions",
      ".local/share/man/man1",
    ] {
      try workspace.write("", to: "\(name)/.keep")
    }
    return workspace
  }

  /// An untrained network for images of the size of the built-in digits.
  private func digits() throws -> DiffusionModel {
    let size = SyntheticDigits.size
    let network = UNetConfiguration(
      resolution: .init(size), inChannels: 1, outChannels: 1,
      channels: [8, 8], downBlocks: [.plain, .plain], upBlocks: [.plain, .plain],
      layersPerBlock: 1, normGroups: 4)
    let black = ByteImages(size: size, pixels: Array(repeating: 0, count: size.values))
    return try Trainer(
      network, schedule: NoiseSchedule(.linear, timesteps: 100), prediction: .noise, data: black,
      TrainingOptions(threads: 1)
    ).snapshot()
  }

  @Test(arguments: lines) func theExampleWorks(command: String, line: String) throws {
    let workspace = try workspace()
    // A training begins where nothing is yet; one that goes on, where one has begun.
    let beginnings = [
      "train": "ddpm train --preset tiny --epochs 1 --quiet; ",
      "distill": "ddpm distill --epochs 1 --quiet --out runs/fast; ",
    ]
    let begun = line.contains("--resume") ? beginnings[command] ?? "" : ""
    let fresh = command == "train" && !line.contains("--from") ? "rm -rf runs; " : ""
    let result = try BuiltTool.shell(
      """
      cd '\(workspace.path(""))' && HOME=$PWD && \(fresh)ddpm() { "$0" "$@"; }
      \(begun)\(Self.cheap(line, of: command))
      """)
    #expect(result.code == 0, "\(result.messages)")
    for word in line.split(separator: " ") where word.hasSuffix(".png") || word.hasSuffix(".npy") {
      #expect(workspace.exists(String(word)))
    }
    if let place = line.split(separator: " ").last, place.hasPrefix("~/") {
      let file = String(place.dropFirst(2))
      // A comment of shells, or of roff.
      let start = command == ManCommand.name ? ".\\\"" : "#"
      #expect(try workspace.bytes(file).starts(with: start.utf8))
    }
  }
}
