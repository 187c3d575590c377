// Paths are put together and taken apart as texts.

import Files
import Foundation
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

  @Test func linksNameWhatTheyLeadTo() throws {
    try withTemporaryFolder { folder in
      func path(_ name: String) -> String { Path.join(folder, name) }
      for name in ["a", "b"] { try [1].save(to: path(name)) }
      #expect(symlink("a", path("link")) == 0 && symlink(folder, path("here")) == 0)
      #expect(Path.isSame(path("a"), path("link")) && Path.isSame(path("a"), path("here/./a")))
      #expect(!Path.isSame(path("a"), path("b")) && !Path.isSame(path("a"), path("none")))
      #expect(Path.isSame(path("none"), path("./none")))
      #expect(Path.isBelow(path("here/b"), folder) && !Path.isBelow(folder, folder))
      #expect(!Path.isBelow(path("ab"), path("a")))
    }
  }

  /// As behind a folder that may not be entered: opening says why.
  @Test func whatCannotBeToldIsNotMissing() throws {
    try withTemporaryFolder { folder in
      let loop = Path.join(folder, "loop")
      #expect(symlink("loop", loop) == 0)
      #expect(Path.exists(loop))
      #expect(throws: FileError(path: loop, .unreadable(ELOOP))) { try Path.check(loop) }
      let none = Path.join(folder, "none")
      #expect(throws: FileError(path: none, .missing)) { try Path.check(none) }
    }
  }

  @Test func filesAndFoldersExist() throws {
    try withTemporaryFolder { folder in
      try [1].save(to: Path.join(folder, "file"))
      #expect(Path.exists(folder) && Path.exists(Path.join(folder, "file")))
      #expect(!Path.exists(Path.join(folder, "none")))
    }
  }
}
