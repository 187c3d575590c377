// `ddpm doctor` as a process: its lines, its codes, and that nothing is left behind.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct DoctorCommandTests {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace()
  }

  /// Runs the program in the workspace.
  private func doctor(_ words: String = "", before: String = "true") throws -> BuiltTool.Result {
    try BuiltTool.shell("cd '\(workspace.path(""))' && \(before) && exec \"$0\" doctor \(words)")
  }

  /// Puts what is at a name of the workspace to another one, whose folders are made.
  private func move(_ name: String, to place: String) throws {
    let target = URL(filePath: workspace.path(place))
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: URL(filePath: workspace.path(name)), to: target)
  }

  /// The texts behind the subjects.
  private func subjects(_ result: BuiltTool.Result) -> [(subject: String, text: String)] {
    result.output.split(separator: "\n").map { line in
      (String(line.prefix { $0 != " " }), String(line.dropFirst(10)))
    }
  }

  @Test func aFolderThatHasAllIsReportedLineByLineAndStaysAsItWas() throws {
    _ = try workspace.makeData(classes: 3)
    try move("data", to: "set")
    try move("set", to: "data/mnist")
    let model = try workspace.makeModel(classes: 3)
    try move("model", to: "runs/mnist")
    try model.save(to: workspace.path("data/fast"))
    let before = try FileManager.default.subpathsOfDirectory(atPath: workspace.path("")).sorted()

    let result = try doctor()
    #expect(result.code == 0 && result.messages.isEmpty, "\(result.messages)")
    let lines = subjects(result)
    #expect(
      lines.map(\.subject) == [
        "version", "kernels", "cpu", "threads", "memory", "terminal", "data", "model", "fast",
        "folder",
      ])
    let texts = Dictionary(uniqueKeysWithValues: lines.map { ($0.subject, $0.text) })
    #expect(texts["version"]?.hasPrefix("ddpm \(Tool.version), /") == true)
    #expect(texts["kernels"]?.hasPrefix("\(Platform.instructionSet), built for ") == true)
    #expect(texts["cpu"]?.contains("lacks") == false)
    #expect(texts["threads"]?.hasPrefix("\(AvailableCores.count): ") == true)
    #expect(
      texts["data"]
        == "data/mnist: 12 images to train on, 6 held out, \(Workspace.size), labels 0 to 2")
    let shape = "\(model.parameterCount) parameters, \(Workspace.size), 3 classes"
    #expect(texts["model"] == "runs/mnist: \(shape); taken where --model names none")
    #expect(texts["fast"] == "data/fast: \(shape); taken by --fast")
    #expect(texts["folder"]?.contains("created, synced, renamed and removed") == true)
    let after = try FileManager.default.subpathsOfDirectory(atPath: workspace.path("")).sorted()
    #expect(after == before)
  }

  @Test func anEmptyFolderIsNoFaultButSaysHowToGetMore() throws {
    let result = try doctor()
    #expect(result.code == 0 && result.messages.isEmpty)
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("data ") && $0.contains("scripts/fetch-mnist.sh") })
    #expect(lines.contains { $0.hasPrefix("model ") && $0.contains("ddpm train") })
  }

  @Test func whatIsNamedHasToBeThere() throws {
    let result = try doctor("--data nothing")
    #expect(result.code == 66 && result.output.contains("\nfolder "))
    #expect(result.messages.hasPrefix("ddpm: nothing: no such") && isOneLine(result.messages))
    let synthetic = try doctor("--data synthetic")
    #expect(synthetic.code == 0 && synthetic.output.contains("drawn by the program"))
  }

  @Test func whatIsThereHasToBeRight() throws {
    _ = try workspace.makeData()
    try workspace.write("not images", to: "data/t10k-images-idx3-ubyte")
    let data = try doctor("--data data")
    #expect(data.code == 65 && isOneLine(data.messages))
    #expect(data.messages.contains("t10k-images-idx3-ubyte") && data.messages.contains("--data"))

    try workspace.write("{}", to: "runs/mnist/model_index.json")
    let model = try doctor("--data synthetic")
    #expect([65, 66].contains(model.code) && isOneLine(model.messages))
    #expect(model.messages.contains("runs/mnist") && model.messages.contains("--model"))
    #expect(model.output.contains("\nfolder "))
  }

  @Test func aFolderThatCannotBeWrittenToIsTheLastLineAndTheError() throws {
    let result = try doctor(before: "mkdir gone && cd gone && rmdir ../gone")
    #expect(result.code == 73 && isOneLine(result.messages), "\(result.messages)")
    #expect(result.messages.contains("cannot be created") && result.messages.contains("--out"))
    #expect(result.output.split(separator: "\n").last?.hasPrefix("folder ") == true)
  }

  private func isOneLine(_ text: String) -> Bool {
    text.hasPrefix("ddpm: ") && text.hasSuffix("\n") && text.count { $0 == "\n" } == 1
  }
}
