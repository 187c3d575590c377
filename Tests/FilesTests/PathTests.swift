// Paths are put together and taken apart as texts.

import Files
import TestSupport
import Testing

struct PathTests {
  @Test(arguments: [
    ("runs/a", "x/y.png", "runs/a/x/y.png"), ("runs/a/", "x", "runs/a/x"), ("/", "x", "/x"),
    ("", "x", "x"), (".", "x", "./x"),
  ])
  func aNameFollowsItsFolder(folder: String, name: String, path: String) {
    #expect(Path.join(folder, name) == path)
  }

  @Test(arguments: [
    ("runs/a", "runs"), ("runs/a/", "runs"), ("runs//a", "runs"), ("a", "."), ("a/", "."),
    ("/a", "/"), ("/", "/"), ("//", "/"), ("", "."), ("/a/b/c.png", "/a/b"),
    ("a/\u{301}b", "a"),
  ])
  func theFolderIsWhatTheLastNameLiesIn(path: String, folder: String) {
    #expect(Path.parent(of: path) == folder)
  }

  @Test func filesAndFoldersExist() throws {
    try withTemporaryFolder { folder in
      try [1].save(to: Path.join(folder, "file"))
      #expect(Path.exists(folder) && Path.exists(Path.join(folder, "file")))
      #expect(!Path.exists(Path.join(folder, "none")))
    }
  }
}
