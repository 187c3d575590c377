// What can be wrong with a file a user names: one type, one line, one reason.

import Foundation

/// A file that cannot be used: which one, and why.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// Why a file cannot be used.
  public enum Reason: Equatable, Sendable {
    /// Nothing is there.
    case missing
    /// A folder holds nothing of what is needed: the text says what was looked for.
    case lacking(String)
    /// Its content is not what it should be; the text says how, and what to do.
    case invalid(String)
    /// The operating system refuses to read it (`errno`).
    case unreadable(Int32)
    /// The operating system refuses to create it (`errno`).
    case uncreatable(Int32)
    /// Writing failed on the way, for example on a full disk (`errno`).
    case unwritable(Int32)
  }

  /// The file's path, as the user gave it.
  public let path: String
  /// What is wrong with it.
  public let reason: Reason

  /// An error about a file.
  ///
  /// - Parameters:
  ///   - path: the file's path, as the user gave it.
  ///   - reason: what is wrong with it.
  public init(path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// One line without control characters: the path, then the reason.
  public var description: String {
    "\(path.printable): " + explanation
  }

  private var explanation: String {
    switch reason {
    case .missing: "no such file or folder"
    case .lacking(let names): "holds \(names.printable)"
    case .invalid(let why): why.printable
    case .unreadable(let code): "cannot be read: \(String(cString: strerror(code)))"
    case .uncreatable(ENOENT): "cannot be created: there is no such folder"
    case .uncreatable(let code): "cannot be created: \(String(cString: strerror(code)))"
    case .unwritable(let code): "cannot be written: \(String(cString: strerror(code)))"
    }
  }
}

extension String {
  /// The text with control characters, and those that end a line or turn the direction of text, escaped, so
  /// that a file's content cannot steer a terminal.
  package var printable: String {
    if utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { return self }
    return unicodeScalars.map { scalar in
      [.control, .format, .lineSeparator, .paragraphSeparator].contains(
        scalar.properties.generalCategory)
        ? String(format: "\\u{%02x}", scalar.value) : String(scalar)
    }.joined()
  }
}
