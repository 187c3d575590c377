// System calls after signals, and folders that cannot be listed.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct SystemCallsTests {
  @Test func anInterruptedCallIsMadeAgain() {
    var calls = 0
    let result = uninterrupted {
      calls += 1
      errno = calls < 3 ? EINTR : 0
      return calls < 3 ? -1 : 7
    }
    #expect(result == 7 && calls == 3)
    let failed = uninterrupted {
      calls += 1
      errno = EIO
      return -1
    }
    #expect(failed == -1 && errno == EIO && calls == 4)
  }

  @Test func namesAreListedInTheirOrder() throws {
    try withTemporaryFolder { folder in
      #expect(try Path.entries(of: folder) == [])
      for name in ["b", "a.png", ".hidden", "é"] {
        try [UInt8](name.utf8).save(to: folder + "/" + name)
      }
      #expect(try Path.entries(of: folder) == [".hidden", "a.png", "b", "é"])
      #expect(try Path.entries(of: folder + "/none") == [])
      #expect(try Path.entries(of: folder + "/b") == [], "a file")
    }
  }

  /// A folder that may not be read is not an empty one.
  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func aFolderThatCannotBeListedIsAnError() throws {
    try withTemporaryFolder { folder in
      chmod(folder, 0o300)
      defer { chmod(folder, 0o700) }
      #expect(throws: FileError(path: folder, .unreadable(EACCES))) {
        try Path.entries(of: folder)
      }
    }
  }
}
