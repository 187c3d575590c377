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
}
