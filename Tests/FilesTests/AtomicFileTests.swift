import Files
import Foundation
import TestSupport
import Testing

struct AtomicFileTests {
  private static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private static let new: [UInt8] = [4, 5, 6]

  @Test func theFileIsReplacedAndNothingElseStays() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try AtomicFile.write([1, 2] as [UInt8], to: path)
      try AtomicFile.write(Data(Self.new), to: path)
      #expect(try [UInt8](file: path) == Self.new)
      try AtomicFile.write(chunks: [[1], [], [2, 3]] as [[UInt8]], to: path)
      #expect(try [UInt8](file: path) == [1, 2, 3])
      #expect(try Self.names(in: folder) == ["file"])
    }
  }

  /// One character with the slash before it.
  @Test func aNameMayBeginWithAnAccent() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/\u{301}x.png"
      for bytes: [UInt8] in [[1], [2, 3]] {
        try AtomicFile.write(bytes, to: path)
        #expect(try readFile(path) == bytes)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    }
  }

  @Test func whatAKilledWriterLeftIsUsedUp() throws {
    try withTemporaryFolder { folder in
      try [UInt8](repeating: 9, count: 100).save(to: folder + "/.file.tmp")
      try AtomicFile.write(Self.new, to: folder + "/file")
      #expect(try [UInt8](file: folder + "/file") == Self.new)
      #expect(try Self.names(in: folder) == ["file"])
    }
  }

  @Test func theFileKeepsItsPermissions() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/file"
      try [1].save(to: path)
      chmod(path, 0o640)
      try AtomicFile.write(Self.new, to: path)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    }
  }

  @Test(arguments: ["real", "absent"])
  func aLinkStaysAndItsTargetIsReplaced(target: String) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(
        atPath: folder + "/there", withIntermediateDirectories: true)
      try [1].save(to: folder + "/there/real")
      // Two links in a row, the second relative to its own folder.
      #expect(symlink(target, folder + "/there/link") == 0)
      #expect(symlink("there/link", folder + "/link") == 0)
      try AtomicFile.write(Self.new, to: folder + "/link")
      #expect(try [UInt8](file: "\(folder)/there/\(target)") == Self.new)
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link")
      #expect(link == "there/link")
      #expect(try Self.names(in: folder) == ["link", "there"])
    }
  }

  @Test func aCircleOfLinksIsRefused() throws {
    try withTemporaryFolder { folder in
      #expect(symlink("link", folder + "/link") == 0)
      #expect(throws: FileError(path: folder + "/link", .uncreatable(ELOOP))) {
        try AtomicFile.write(Self.new, to: folder + "/link")
      }
    }
  }

  @Test(arguments: [("/none/file", ENOENT), ("/old/file", ENOTDIR), ("", EISDIR), ("/no/", ENOENT)])
  func aPlaceWhereNothingCanBeCreatedIsReported(suffix: String, code: Int32) throws {
    try withTemporaryFolder { folder in
      try [1].save(to: folder + "/old")
      #expect(throws: FileError(path: folder + suffix, .uncreatable(code))) {
        try AtomicFile.write(Self.new, to: folder + suffix)
      }
      #expect(try Self.names(in: folder) == ["old"])
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func aReadOnlyFolderIsReported() throws {
    try withTemporaryFolder { folder in
      chmod(folder, 0o500)
      defer { chmod(folder, 0o700) }
      #expect(throws: FileError(path: folder + "/file", .uncreatable(EACCES))) {
        try AtomicFile.write(Self.new, to: folder + "/file")
      }
    }
  }

  @Test func aFailedWriteLeavesTheOldFileAndNoTemporary() throws {
    try withTemporaryFolder { folder in
      // A rename onto a folder that appeared meanwhile fails after everything was written.
      let path = folder + "/file"
      try [1].save(to: path)
      let chunks = AnySequence { () -> AnyIterator<[UInt8]> in
        try? FileManager.default.removeItem(atPath: path)
        try? FileManager.default.createDirectory(
          atPath: path + "/inside", withIntermediateDirectories: true)
        return AnyIterator([Self.new].makeIterator())
      }
      #expect(throws: FileError(path: path, .unwritable(EISDIR))) {
        try AtomicFile.write(chunks: chunks, to: path)
      }
      #expect(try Self.names(in: folder) == ["file"])
      #expect(try Self.names(in: path) == ["inside"])
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"))
  func aFullDeviceIsReported() {
    #expect(throws: FileError(path: "/dev/full", .unwritable(ENOSPC))) {
      try AtomicFile.write(Self.new, to: "/dev/full")
    }
  }

  @Test func aPipeIsWrittenDirectly() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDWR)
      defer { close(reader) }
      try AtomicFile.write(Self.new, to: path)
      var bytes = [UInt8](repeating: 0, count: 10)
      #expect(read(reader, &bytes, 10) == 3 && bytes.starts(with: Self.new))
      #expect(try Self.names(in: folder) == ["pipe"])
    }
  }

  /// What `--out /dev/stdout > file` and `>> file` come to: the file stays the one that is open.
  @Test func anOpenStreamIsAppendedToAndNotReplaced() throws {
    try withTemporaryFolder { folder in
      let stream = open(folder + "/file", O_WRONLY | O_CREAT | O_APPEND, 0o600)
      defer { close(stream) }
      try AtomicFile.write([1] as [UInt8], to: "/dev/fd/\(stream)")
      try AtomicFile.write(Self.new, to: "/dev/fd/\(stream)")
      #expect(try [UInt8](file: folder + "/file") == [1] + Self.new)
      #expect(try Self.names(in: folder) == ["file"])
    }
  }

  @Test func writersOfOneFileDoNotMixTheirBytes() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in UInt8(1)...8 {
        group.addTask {
          let half = [UInt8](repeating: writer, count: 50_000)
          try AtomicFile.write(chunks: [half, half], to: folder + "/file")
        }
      }
      try await group.waitForAll()
    }
    let content = try [UInt8](file: folder + "/file")
    #expect(content.count == 100_000 && Set(content).count == 1)
    #expect(try Self.names(in: folder) == ["file"])
  }
}
