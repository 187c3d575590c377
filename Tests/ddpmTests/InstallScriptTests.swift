// scripts/install.sh with the program that was built beside the tests.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite(.enabled(if: installed("bash"), "no bash here")) struct InstallScriptTests {
  let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try workspace.write("", to: "place/.keep")
  }

  private static let script = BuiltTool.repository.appending(path: "scripts/install.sh").path

  /// Runs the script in the folder `place`, with a prefix beside it.
  private func install(
    _ words: String, prefix: String = "../prefix", environment: String = ""
  ) throws -> BuiltTool.Result {
    try BuiltTool.shell(
      """
      cd '\(workspace.path("place"))' && \(environment) exec '\(Self.script)' --prefix \(prefix) \(words)
      """)
  }

  private static let built = "--binary \"$0\""

  /// Every file below a folder of the workspace.
  private func files(_ name: String) throws -> Set<String> {
    let root = workspace.path(name)
    return Set(
      try FileManager.default.subpathsOfDirectory(atPath: root).filter {
        !Path.isFolder("\(root)/\($0)")
      })
  }

  private func everything(_ name: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: workspace.path(name)).sorted()
  }

  static let pipeline = [
    "model_index.json", "scheduler/scheduler_config.json", "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors",
  ]
  static let installedFiles = Set(
    [
      "bin/ddpm", "share/ddpm/manifest", "share/ddpm/model/image_variance.json",
      "share/bash-completion/completions/ddpm", "share/zsh/site-functions/_ddpm",
      "share/fish/vendor_completions.d/ddpm.fish", "share/man/man1/ddpm.1",
    ] + pipeline.flatMap { ["share/ddpm/model/\($0)", "share/ddpm/fast/\($0)"] })

  @Test func whatIsInstalledWorksAnywhereAndIsAllRemovedAgain() throws {
    let first = try install(Self.built)
    #expect(first.code == 0 && first.output.contains(" is installed in /"), "\(first.messages)")
    #expect(try files("prefix") == Self.installedFiles)
    let drawn = try BuiltTool.shell(
      """
      cd '\(workspace.path("place"))' && PATH="$PWD/../prefix/bin:$PATH" &&
      ddpm sample --count 1 --steps 2 --out a.png && ddpm sample --fast --count 1 --out b.png
      """)
    #expect(drawn.code == 0 && workspace.exists("place/b.png"), "\(drawn.messages)")
    #expect(try workspace.bytes("prefix/share/man/man1/ddpm.1") == Array(ManualPage.source.utf8))
    #expect(
      try workspace.bytes("prefix/share/zsh/site-functions/_ddpm") == Array(Shell.zsh.script.utf8))
    // Once more over it, as for a new version.
    #expect(try install(Self.built).code == 0)
    #expect(try files("prefix") == Self.installedFiles)

    let removed = try install("--uninstall")
    #expect(removed.code == 0 && removed.messages.isEmpty, "\(removed.messages)")
    #expect(try everything("prefix").isEmpty)
    let again = try install("--uninstall")
    #expect(again.code == 66 && again.messages.contains("nothing is installed in "))
  }

  @Test func whatWasNotInstalledStays() throws {
    try workspace.write("", to: "prefix/bin/other")
    try FileManager.default.createDirectory(
      atPath: workspace.path("prefix/share/man"), withIntermediateDirectories: true)
    #expect(try install(Self.built).code == 0)
    try workspace.write("", to: "prefix/share/ddpm/model/mine")
    let removed = try install("--uninstall")
    #expect(removed.code == 0 && removed.messages.contains("share/ddpm/model/ holds other files"))
    #expect(
      try everything("prefix") == [
        "bin", "bin/other", "share", "share/ddpm", "share/ddpm/model", "share/ddpm/model/mine",
        "share/man",
      ])
  }

  @Test func aFailureLeavesNothingBehind() throws {
    try workspace.write("", to: "prefix/share/man/man1/ddpm.1/page")
    let before = try everything("prefix")
    let result = try install(Self.built)
    #expect(result.code == 73 && result.messages.count { $0 == "\n" } == 1)
    #expect(result.messages.hasPrefix("install.sh: ") && result.messages.contains("is a folder"))
    #expect(try everything("prefix") == before)
  }

  @Test func destdirComesBeforeThePrefix() throws {
    let environment = "DESTDIR=../staged"
    let result = try install(Self.built, prefix: "/opt/it", environment: environment)
    #expect(result.code == 0, "\(result.messages)")
    #expect(try files("staged/opt/it") == Self.installedFiles)
    #expect(try install("--uninstall", prefix: "/opt/it", environment: environment).code == 0)
    #expect(try everything("staged/opt/it").isEmpty)
  }

  @Test(
    arguments: [
      ("--bogus", 64, "unknown argument '--bogus'"), ("--binary", 64, "--binary needs a value"),
      ("--binary nothing", 66, "nothing: no such file"),
      ("--binary /bin/false", 65, "is not ddpm"),
      ("--binary x --uninstall", 64, "exclude each other"),
    ] as [(String, Int32, String)])
  func wrongWordsAreRefusedBeforeAnythingIsDone(
    words: String, code: Int32, fragment: String
  ) throws {
    let result = try install(words)
    #expect(result.code == code && result.messages.contains(fragment), "\(result.messages)")
    #expect(!workspace.exists("prefix"))
  }
}
