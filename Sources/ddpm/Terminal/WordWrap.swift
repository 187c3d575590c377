// Words laid out in lines, for help and reports.

extension [String] {
  /// The words in lines of at most `room` characters; a longer word has a line of its own.
  package func wrapped(to room: Int) -> [String] {
    reduce(into: []) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= room {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(word)
      }
    }
  }
}

extension String {
  /// The text in lines of at most `room` characters; more than one space between words stays.
  package func wrapped(to room: Int) -> [String] {
    split(separator: " ", omittingEmptySubsequences: false).map(String.init).wrapped(to: room)
  }
}
