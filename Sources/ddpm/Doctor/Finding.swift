// What a check of one subject found: a line of the report, and perhaps what is in the way of work.

import Diffusion

/// One line of the report.
struct Finding {
  let subject: String
  let text: String
  /// Why something cannot be used; nil where all is well.
  let error: (any Error)?

  init(_ subject: String, _ text: String, _ error: (any Error)? = nil) {
    (self.subject, self.text, self.error) = (subject, text, error)
  }

  /// Something that cannot be used, said on its line and again as the program's error.
  ///
  /// - Parameters:
  ///   - subject: what was checked.
  ///   - cause: what is wrong.
  ///   - wayOut: what to do about it.
  static func obstacle(_ subject: String, _ cause: any Error, wayOut: String) -> Finding {
    Finding(subject, "\(cause)", Obstacle(cause, wayOut: wayOut))
  }

  /// Columns before the text, as in the summaries of other commands.
  private static let textColumn = 10

  /// The line, without control characters.
  var line: String {
    let gap = max(1, Finding.textColumn - subject.count)
    return subject + String(repeating: " ", count: gap) + text.printable
  }
}
