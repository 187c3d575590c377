// A configuration file's keys, read one by one with their defaults; remembers which were read.

/// The top-level object of a JSON configuration.
package struct ConfigurationFields {
  /// The file's path, for messages.
  package let path: String
  private let values: [String: JSON]
  private var known: Set<String> = []
  /// Settings that are not honoured to the letter, and what is taken for each.
  package private(set) var approximations: [String] = []

  /// No configuration is longer; a list in one may have many thousand numbers.
  private static let maximumBytes = 16 << 20

  /// - Throws: `FileError` when the file cannot be read or is not a JSON object.
  package init(contentsOf path: String) throws(FileError) {
    try self.init(readFile(path, limit: Self.maximumBytes), path: path)
  }

  /// - Parameters:
  ///   - bytes: a file's content.
  ///   - path: the path to name in errors.
  /// - Throws: `FileError` when the bytes are not a JSON object.
  package init(_ bytes: [UInt8], path: String) throws(FileError) {
    self.path = path
    let json: JSON
    do {
      json = try JSON.parse(bytes, .python)
    } catch {
      throw FileError(path: path, .invalid("is not valid JSON: \(error)"))
    }
    guard case .object(let members) = json else {
      throw FileError(path: path, .invalid("is not a JSON object of settings"))
    }
    values = Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) })
  }

  /// The keys that were not read, sorted; those that begin with `_` are notes of other programs.
  package var ignoredKeys: [String] {
    values.keys.filter { !known.contains($0) && !$0.hasPrefix("_") }.sorted()
  }

  /// Counts keys that have no meaning here as read.
  package mutating func skip(_ keys: String...) {
    known.formUnion(keys)
  }

  /// Takes every value of a key for the one that is supported, and notes where it means something else.
  ///
  /// - Parameters:
  ///   - nearest: what is supported.
  ///   - same: other values that mean the same.
  package mutating func take(_ key: String, as nearest: JSON, or same: JSON...) {
    guard let value = value(key), value != nearest, !same.contains(value) else { return }
    approximations.append(
      "\(key) \(value.text(.compact)) is taken as \(nearest.text(.compact))")
  }

  /// The value as it stands; nil where the key is absent.
  package mutating func value(_ key: String) -> JSON? {
    known.insert(key)
    return values[key]
  }

  /// An integer.
  ///
  /// - Throws: `FileError` for a value of another kind.
  package mutating func integer(_ key: String, default standard: Int) throws(FileError) -> Int {
    switch value(key) {
    case nil: return standard
    case .integer(let number)?: return number
    case let other?: throw mismatch(key, other, "an integer")
    }
  }

  /// An integer or null, which means something else than the key's absence.
  ///
  /// - Throws: `FileError` for a value of another kind.
  package mutating func optionalInteger(
    _ key: String, default standard: Int? = nil
  ) throws(FileError) -> Int? {
    switch value(key) {
    case nil: return standard
    case .null?: return nil
    case .integer(let number)?: return number
    case let other?: throw mismatch(key, other, "an integer or null")
    }
  }

  /// A number, with or without a fraction.
  ///
  /// - Throws: `FileError` for a value of another kind.
  package mutating func number(_ key: String, default standard: Double) throws(FileError) -> Double
  {
    guard let value = value(key) else { return standard }
    guard let number = value.double else { throw mismatch(key, value, "a number") }
    return number
  }

  /// True or false.
  ///
  /// - Throws: `FileError` for a value of another kind.
  package mutating func flag(_ key: String, default standard: Bool) throws(FileError) -> Bool {
    switch value(key) {
    case nil: return standard
    case .bool(let flag)?: return flag
    case let other?: throw mismatch(key, other, "true or false")
    }
  }

  /// A list whose elements `convert` understands.
  ///
  /// - Throws: `FileError` for a value that is not a list, and for an element that `convert` does not
  ///   understand.
  package mutating func list<Element>(
    _ key: String, default standard: [Element], of wanted: String, _ convert: (JSON) -> Element?
  ) throws(FileError) -> [Element] {
    guard let value = value(key) else { return standard }
    guard case .array(let elements) = value else { throw mismatch(key, value, "a list") }
    var list: [Element] = []
    for element in elements {
      guard let converted = convert(element) else {
        throw invalid("\(key) contains \(element.text(.compact)); supported are \(wanted)")
      }
      list.append(converted)
    }
    return list
  }

  /// One of an enumeration's names.
  ///
  /// - Throws: `FileError` for any other value.
  package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default standard: Choice
  ) throws(FileError) -> Choice {
    try choice(key, default: standard, \.rawValue)
  }

  /// One of an enumeration's cases by the name it has in this file.
  ///
  /// - Throws: `FileError` for any other value.
  package mutating func choice<Choice: CaseIterable>(
    _ key: String, default standard: Choice, _ name: (Choice) -> String
  ) throws(FileError) -> Choice {
    guard let value = value(key) else { return standard }
    guard let choice = Choice.allCases.first(where: { value == .string(name($0)) }) else {
      throw unsupported(key, value, Choice.allCases.map { "\"\(name($0))\"" })
    }
    return choice
  }

  /// One of some values by the names they have in this file.
  package mutating func choice<Value>(
    _ key: String, among spellings: [(name: String, value: Value)], default standard: Value
  ) throws(FileError) -> Value {
    guard let value = value(key) else { return standard }
    guard let spelling = spellings.first(where: { value == .string($0.name) }) else {
      throw unsupported(key, value, spellings.map { "\"\($0.name)\"" })
    }
    return spelling.value
  }

  /// Refuses every value of a key but the supported ones; the first is the default.
  ///
  /// - Throws: `FileError` for any other value.
  package mutating func require(_ key: String, oneOf supported: JSON...) throws(FileError) {
    guard let value = value(key), !supported.contains(value) else { return }
    throw unsupported(key, value, supported.map { $0.text(.compact) })
  }

  // MARK: Errors

  /// The error of this file for a reason.
  package func invalid(_ reason: String) -> FileError {
    FileError(path: path, .invalid(reason))
  }

  /// The error for a value other programs may know.
  package func unsupported(_ key: String, _ value: JSON, _ supported: [String]) -> FileError {
    invalid(
      "\(key) is \(value.text(.compact)), which is not supported; supported: "
        + supported.joined(separator: ", "))
  }

  /// The error for a value of the wrong kind.
  package func mismatch(_ key: String, _ value: JSON, _ wanted: String) -> FileError {
    invalid("\(key) must be \(wanted), not \(value.kind)")
  }

  /// Runs a validation and names the file in its error.
  ///
  /// - Throws: `FileError` with the description of the validation's error.
  package func check<Failure: Error & CustomStringConvertible>(
    _ validate: () throws(Failure) -> Void
  ) throws(FileError) {
    do throws(Failure) {
      try validate()
    } catch {
      throw invalid(error.description)
    }
  }
}
