// Folders are made with those above them.

import Files
import Foundation
import TestSupport
import Testing

struct CreateFolderTests {
  @Test func aFolderIsMadeWithThoseAboveItAndAgainWithoutHarm() throws {
    try withTemporaryFolder { folder in
      let deep = Path.join(folder, "a/b/c")
      try createFolder(deep)
      try [1].save(to: Path.join(deep, "file"))
      try createFolder(deep)
      #expect(Path.exists(Path.join(deep, "file")))
    }
  }

  @Test func aFileInTheWayIsReported() throws {
    try withTemporaryFolder { folder in
      let path = Path.join(folder, "file/more")
      try [1].save(to: Path.join(folder, "file"))
      #expect(throws: FileError(path: path, .uncreatable(ENOTDIR))) { try createFolder(path) }
    }
  }
}
