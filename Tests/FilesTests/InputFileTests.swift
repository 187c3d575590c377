import Files
import Foundation
import TestSupport
import Testing

struct InputFileTests {
  private static func reason(_ path: String) -> FileError.Reason? {
    do {
      _ = try InputFile(path: path)
      return nil
    } catch { return error.reason }
  }

  @Test func aMissingFileIsMissing() throws {
    try withTemporaryFolder { #expect(Self.reason($0 + "/none") == .missing) }
  }

  @Test func aFolderIsNoFile() throws {
    try withTemporaryFolder { #expect(Self.reason($0) == .unreadable(EISDIR)) }
  }

  @Test func aPathThroughAFileIsUnreadable() throws {
    try withTemporaryFolder { folder in
      try [UInt8]().save(to: folder + "/file")
      #expect(Self.reason(folder + "/file/more") == .unreadable(ENOTDIR))
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func aForbiddenFileIsUnreadable() throws {
    try withTemporaryFolder { folder in
      try [1].save(to: folder + "/file")
      chmod(folder + "/file", 0)
      #expect(Self.reason(folder + "/file") == .unreadable(EACCES))
    }
  }

  @Test func aPipeIsRefusedWithoutWaitingForItsWriter() throws {
    try withTemporaryFolder { folder in
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      guard case .invalid(let why) = Self.reason(folder + "/pipe") else {
        Issue.record("a pipe was opened")
        return
      }
      #expect(why.contains("not a regular file"))
    }
  }

  @Test func anEmptyFileHasNoBytes() throws {
    try withTemporaryFolder { folder in
      try [UInt8]().save(to: folder + "/file")
      let file = try InputFile(path: folder + "/file")
      #expect(file.size == 0)
      #expect(try file.next() == [])
    }
  }
}
