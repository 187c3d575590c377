// Models beside the program: where they are found, and what comes before them.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct InstallationTests {
  /// A prefix with the program in `bin`, and a folder `place` to call it in.
  private func prefix(models: [String]) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.copy(BuiltTool.program, to: "prefix/bin/ddpm")
    try workspace.write("", to: "place/.keep")
    let model = try workspace.makeModel()
    for name in models { try model.save(to: workspace.path(name)) }
    return workspace
  }

  /// Calls the installed program in the folder `place`.
  private func call(
    _ line: String, in workspace: Workspace, as program: String = "../prefix/bin/ddpm"
  ) throws -> BuiltTool.Result {
    try BuiltTool.shell("cd '\(workspace.path("place"))' && exec \(program) \(line)")
  }

  private static let sample = "sample --count 1 --steps 1 --out a.png"

  /// The model that a picture says it was drawn from.
  private func model(_ workspace: Workspace) throws -> String? {
    try PNGChunks(workspace.bytes("place/a.png")).texts["model"]
  }

  @Test func dataOfAProgramLieBesideItsFolder() {
    #expect(
      Installation.path("model", besideProgram: "/usr/local/bin/ddpm")
        == "/usr/local/share/ddpm/model")
    #expect(Installation.path("fast", besideProgram: "/bin/ddpm") == "/share/ddpm/fast")
    #expect(Installation.program?.hasPrefix("/") == true)
  }

  @Test func theInstalledModelIsTakenInAnyFolderAndSaid() throws {
    let workspace = try prefix(models: ["prefix/share/ddpm/model"])
    let result = try call(Self.sample, in: workspace)
    #expect(result.code == 0 && result.messages.contains("taking the model that ships, /"))
    #expect(try model(workspace)?.hasSuffix("/prefix/share/ddpm/model") == true)
  }

  @Test func aLinkToTheProgramFindsThemToo() throws {
    let workspace = try prefix(models: ["prefix/share/ddpm/model"])
    try FileManager.default.createSymbolicLink(
      atPath: workspace.path("place/link"), withDestinationPath: "../prefix/bin/ddpm")
    #expect(try call(Self.sample, in: workspace, as: "./link").code == 0)
    #expect(try model(workspace)?.hasSuffix("/prefix/share/ddpm/model") == true)
  }

  @Test func theWorkingFoldersModelsComeFirst() throws {
    let workspace = try prefix(models: [
      "prefix/share/ddpm/model", "prefix/share/ddpm/fast", "place/data/model", "place/data/fast",
    ])
    #expect(try call(Self.sample, in: workspace).code == 0)
    #expect(try model(workspace) == "data/model")
    #expect(try call(Self.sample + " --fast", in: workspace).code == 0)
    #expect(try model(workspace) == "data/fast")
    try DiffusionModel(folder: workspace.path("model")).save(
      to: workspace.path("place/runs/mnist"))
    #expect(try call(Self.sample, in: workspace).code == 0)
    #expect(try model(workspace) == "runs/mnist")
  }

  @Test func theInstalledStudentIsTakenByFast() throws {
    let workspace = try prefix(models: ["prefix/share/ddpm/fast"])
    #expect(try call(Self.sample + " --fast", in: workspace).code == 0)
    #expect(try model(workspace)?.hasSuffix("/prefix/share/ddpm/fast") == true)
    try workspace.remove("prefix/share")
    try call(Self.sample + " --fast", in: workspace)
      .expectRefusal(66, "data/fast", "share/ddpm/fast", "ddpm distill", "--model")
  }

  @Test func theReportOnAnInstalledModelIsNotWrittenIntoIt() throws {
    let workspace = try prefix(models: ["prefix/share/ddpm/model"])
    let result = try call(
      "evaluate --metrics time --steps 1 --eta 0 --count 1 --quiet", in: workspace)
    #expect(result.code == 0, "\(result.messages)")
    #expect(workspace.exists("place/evaluation/report.html"))
    #expect(!workspace.exists("prefix/share/ddpm/model/evaluation"))
  }
}
