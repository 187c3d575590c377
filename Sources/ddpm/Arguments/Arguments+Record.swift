// A command line kept for later: what a folder remembers of it, and how a later one builds on that.

import Diffusion

extension Arguments {
  /// The texts of options, given or by default, each in the one spelling of its value; none for an
  /// option that is neither.
  package func record(of options: [any AnyOption]) throws(UsageError) -> [String: String] {
    var record: [String: String] = [:]
    for option in options {
      record[option.flag] =
        if let text = texts[option.flag] { try option.canonical(text) } else { option.defaultText }
    }
    return record
  }

  /// The texts of all of a command's options.
  func record(of table: OptionTable) throws(UsageError) -> [String: String] {
    try record(of: table.options)
  }

  /// Fails where these arguments ask for something else than a record says.
  ///
  /// - Parameters:
  ///   - options: those that must agree.
  ///   - owner: what the record belongs to, for the error.
  /// - Throws: `UsageError` naming the flag and the record's value.
  package func require(
    _ record: [String: String], for options: [any AnyOption], of owner: String
  ) throws(UsageError) {
    for option in options {
      guard let text = texts[option.flag] else { continue }
      let (given, kept) = (try option.canonical(text), record[option.flag] ?? option.defaultText)
      if given == kept { continue }
      func words(_ value: String) -> String {
        value.isEmpty ? option.flag : "\(option.flag) \(value)"
      }
      throw UsageError(
        "\(words(given)): \(owner) was begun \(kept.map { "with \(words($0))" } ?? "without it");"
          + " leave the flag out, or begin another run with --out")
    }
  }

  /// These arguments, and for flags they do not give those of a record, unless these exclude them.
  ///
  /// - Throws: `UsageError` for a record of flags or values that mean nothing here.
  func completed(
    by record: [String: String], in table: OptionTable
  ) throws(UsageError) -> Arguments {
    var completed = self
    for (flag, text) in record where texts[flag] == nil {
      guard let option = table[flag] else { throw UsageError("\(flag) is unknown here") }
      try option.check(text)
      let rivals = table.exclusive.filter { $0.contains(flag) }.joined()
      if rivals.allSatisfy({ texts[$0] == nil }) { completed.texts[flag] = text }
    }
    return completed
  }
}
