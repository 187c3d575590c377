// Command lines: a word a line.

import ddpm

extension FuzzTarget {
  /// The content is, of a command that would run, each option's text in its one spelling.
  static let arguments = FuzzTarget("arguments") { bytes in
    // No word that a system passes on holds a zero.
    let words = bytes.split(omittingEmptySubsequences: false) {
      $0 == 0 || $0 == UInt8(ascii: "\n")
    }
    .map { String(decoding: $0, as: UTF8.self) }
    switch try Tool.request(words) {
    case .overview: return Array("overview".utf8)
    case .version: return Array("version".utf8)
    case .help(let command): return Array("help \(command.name)".utf8)
    case .run(let command):
      let table = type(of: command).table
      let options = table.options + (table.operand.map { [$0] } ?? [])
      let arguments = try table.parse(Array(words.dropFirst()))
      let record = try arguments.record(of: options)
      for option in options {
        guard let text = record[option.flag] else { continue }
        demand(try option.canonical(text) == text, "\(option.flag) \(text) has two spellings")
      }
      try arguments.require(record, for: options, of: "the same command")
      return Array(
        record.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
          .joined(separator: "\n").utf8)
    }
  }
}
