// Parts of a job array, joined, are the file of one process.

import Foundation
import Testing

@Suite struct JobArrayTests {
  private static let join = BuiltTool.repository.appending(path: "scripts/join-idx.sh").path

  /// The parts are of different lengths, and classes go on from one to the next.
  @Test func joinedPartsAreTheWhole() throws {
    let workspace = try Workspace()
    _ = try workspace.makeModel(classes: 3)
    func sample(_ out: String, _ more: String...) throws {
      let result = try workspace.sample(
        ["--steps", "1", "--out", workspace.path(out)] + more)
      #expect(result.code == 0, "\(result.messages)")
    }
    try sample("whole.idx", "--count", "7")
    try sample("part-0.idx", "--count", "4")
    try sample("part-1.idx", "--first", "4", "--count", "2")
    try sample("part-2.idx", "--first", "6", "--count", "1")
    for ending in ["", "-labels"] {
      let result = try BuiltTool.shell(
        "cd '\(workspace.path(""))' && '\(Self.join)' joined\(ending).idx part-?\(ending).idx")
      #expect(result.code == 0, "\(result.messages)")
      #expect(
        try workspace.bytes("joined\(ending).idx") == workspace.bytes("whole\(ending).idx"))
    }
  }

  @Test func whatIsNotPartsOfOneFileIsRefused() throws {
    let workspace = try Workspace()
    _ = try workspace.makeModel(classes: 3)
    let sampled = try workspace.sample([
      "--steps", "1", "--count", "2", "--out", workspace.path("a.idx"),
    ])
    #expect(sampled.code == 0)
    try workspace.write("text", to: "b.idx")
    for (words, code, part) in [
      ("c.idx a.idx a-labels.idx", 65, "a-labels.idx: is of other images than a.idx"),
      ("c.idx b.idx", 65, "not an IDX file"), ("a.idx a.idx", 64, "one of the parts"),
      ("a.idx", 64, "usage"),
    ] {
      let result = try BuiltTool.shell("cd '\(workspace.path(""))' && '\(Self.join)' \(words)")
      #expect(result.code == code && result.messages.contains(part), "\(result.messages)")
      #expect(!workspace.exists("c.idx"))
    }
  }
}
