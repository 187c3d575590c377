// Strict parsing of a command's words by its option table.

/// The options a command line gives, each read by its typed key.
package struct Arguments: Sendable {
  /// What the command line gives, by flag.
  var texts: [String: String] = [:]

  /// The value of an option, its default if the command line does not give it.
  ///
  /// The parser has accepted the text before, so for the table's own options this does not throw;
  /// reading it again is what spares a store of untyped values.
  package subscript<Value>(option: Option<Value>) -> Value {
    get throws(UsageError) {
      guard let text = texts[option.flag] else { return option.absent }
      return try option.read(text)
    }
  }

  /// Whether the command line gives the option.
  package func has(_ option: some AnyOption) -> Bool { texts[option.flag] != nil }
}

extension OptionTable {
  /// Reads `--flag value` and `--flag=value`, each flag at most once and nothing else.
  package func parse(_ words: [String]) throws(UsageError) -> Arguments {
    var arguments = Arguments()
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        guard let extra = rest.first else { break }
        throw unexpected(extra)
      }
      guard word.looksLikeFlag else {
        try takeOperand(word, into: &arguments)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let flag = String(parts[0])
      guard let option = self[flag] else { throw unknown(flag) }
      guard arguments.texts[flag] == nil else {
        throw UsageError("\(flag) is given twice; give it once")
      }
      let attached = parts.count > 1 ? String(parts[1]) : nil
      let text = try value(of: option, attached: attached, from: &rest)
      try option.check(text)
      arguments.texts[flag] = text
    }
    try refuseExcluded(arguments)
    return arguments
  }

  /// Takes a word that stands without a flag, if the command has one and it was not yet there.
  private func takeOperand(
    _ word: String, into arguments: inout Arguments
  ) throws(UsageError) {
    guard let operand, arguments.texts[operand.flag] == nil else { throw unexpected(word) }
    try operand.check(word)
    arguments.texts[operand.flag] = word
  }

  /// The text that belongs to a flag: after its `=`, or the next word.
  private func value(
    of option: any AnyOption, attached: String?, from rest: inout ArraySlice<String>
  ) throws(UsageError) -> String {
    guard let placeholder = option.placeholder else {
      if attached != nil { throw UsageError("\(option.flag) takes no value; write it alone") }
      return ""
    }
    if let attached {
      if option.path != nil, attached.hasPrefix("~") {
        throw UsageError(
          "\(option.flag)=\(attached): most shells leave this ~ as it is; write \(option.flag)"
            + " \(attached), or $HOME in its place")
      }
      return attached
    }
    guard let next = rest.popFirst() else {
      throw UsageError("\(option.flag) needs a value: \(option.flag) \(placeholder)")
    }
    guard !next.looksLikeFlag else {
      throw UsageError(
        "\(option.flag) needs a value, but the flag \"\(next)\" follows; "
          + "write \(option.flag)=\(next) if that is the value")
    }
    return next
  }

  private func refuseExcluded(_ arguments: Arguments) throws(UsageError) {
    for group in exclusive {
      let given = group.filter { arguments.texts[$0] != nil }
      guard given.count < 2 else {
        throw UsageError(
          "\(given.joined(separator: " and ")) exclude each other; "
            + "give one of \(group.joined(separator: ", "))")
      }
    }
  }

  private func unknown(_ flag: String) -> UsageError {
    // Alone it never comes here.
    if flag == "--help" { return UsageError("--help takes no value; write it alone") }
    return UsageError("unknown flag \"\(flag)\"; " + hint(for: flag))
  }

  private func unexpected(_ word: String) -> UsageError {
    let place = operand == nil ? "everything here" : "everything else"
    return UsageError("unexpected \"\(word)\": \(place) is a flag or its value; " + hint(for: word))
  }

  private func hint(for word: String) -> String {
    nearest(to: word, among: flags + ["--help"]).map { "did you mean \($0)?" }
      ?? "--help lists the flags"
  }
}

extension String {
  /// Whether a word is meant as a flag: it has a dash, and is not a negative number.
  var looksLikeFlag: Bool {
    hasPrefix("-") && self != "-" && Double(self) == nil
  }
}
