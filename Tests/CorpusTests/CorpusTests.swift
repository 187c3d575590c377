// What fuzzers begin with and what they found: each file ends as the list beside it says.

import Foundation
import Fuzzing
import Testing

@Suite struct CorpusTests {
  /// A line of the list: a file's path below the corpus, and its end.
  struct Entry: CustomTestStringConvertible {
    let file: String
    let end: String
    var testDescription: String { file }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Corpus")
  private static let separator = ": "

  static let entries: [Entry] = {
    let list = try? String(contentsOf: folder.appending(path: "list.txt"), encoding: .utf8)
    return (list ?? "").split(separator: "\n").compactMap { line in
      line.firstRange(of: separator).map {
        Entry(file: String(line[..<$0.lowerBound]), end: String(line[$0.upperBound...]))
      }
    }
  }()

  @Test(arguments: FuzzTarget.all.map(\.name)) func everyFileOfATargetIsListed(name: String) throws
  {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Self.folder.appending(path: name).path)
    let listed = Self.entries.map(\.file).filter { $0.hasPrefix("\(name)/") }
    #expect(!files.isEmpty && files.map { "\(name)/\($0)" }.sorted() == listed)
  }

  @Test(arguments: entries) func aFileEndsAsListed(entry: Entry) throws {
    let target = try #require(
      FuzzTarget.all.first { entry.file.hasPrefix("\($0.name)/") }, "no such target")
    let bytes = try Data(contentsOf: Self.folder.appending(path: entry.file))
    switch target.outcome(of: Array(bytes)) {
    case .accepted: #expect(entry.end == "accepted")
    case .refused(let sentence): #expect(entry.end == sentence)
    }
  }

  /// Else a fuzzer would see nothing but wrong sums: the place is that of a stored byte.
  @Test(arguments: [("idx/stored.idx.gz", 40), ("png/grey.png", 49)])
  func aChangedByteIsReadOnceTheSumsAroundItAreRight(file: String, place: Int) throws {
    let target = try #require(FuzzTarget.all.first { file.hasPrefix("\($0.name)/") })
    let bytes = Array(try Data(contentsOf: Self.folder.appending(path: file)))
    #expect(target.repaired(bytes) == bytes, "nothing to repair")
    var changed = bytes
    changed[place] ^= 1
    guard case .accepted(let content) = target.outcome(of: bytes),
      case .refused = target.outcome(of: changed),
      case .accepted(let other) = target.outcome(of: target.repaired(changed))
    else {
      Issue.record("accepted, refused and accepted")
      return
    }
    #expect(content != other)
  }

  /// Of the smallest file of each kind that is read: whatever a cut or a bit makes of it ends in content that
  /// is read again, or in a sentence.
  @Test(arguments: FuzzTarget.all.map(\.name))
  func everyTruncationAndEveryFlippedBitEndsInContentOrASentence(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let files = try Self.entries.filter { $0.file.hasPrefix("\(name)/") && $0.end == "accepted" }
      .map { Array(try Data(contentsOf: Self.folder.appending(path: $0.file))) }
    let smallest = try #require(files.filter { $0.count > 8 }.min { $0.count < $1.count })
    var refused = 0
    func take(_ bytes: [UInt8]) {
      // A trap and a broken promise end the process.
      if case .refused = target.outcome(of: bytes) { refused += 1 }
    }
    for count in smallest.indices { take(Array(smallest.prefix(count))) }
    for place in smallest.indices {
      for bit in 0..<8 {
        var changed = smallest
        changed[place] ^= 1 << bit
        take(changed)
      }
    }
    #expect(refused > 0)
  }
}
