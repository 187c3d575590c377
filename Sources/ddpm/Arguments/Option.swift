// One option of a command: its flag, how its value is read, and what the help says about it.

/// A typed key: declares an option in a command's table, and fetches its value from `Arguments`.
package struct Option<Value: Sendable>: AnyOption {
  package let flag: String
  package let placeholder: String?
  package let help: String
  package let shownDefault: String?
  package let defaultText: String?
  package let format: ValueFormat<Value>
  package var words: [String] { format.words }
  package var isList: Bool { format.isList }
  package var path: PathKind? { format.path }
  /// The value when the flag is not given.
  package let absent: Value

  /// An option with a default value, which the help shows.
  package init(
    _ flag: String, _ placeholder: String, _ format: ValueFormat<Value>, default value: Value,
    _ help: String
  ) {
    self.init(
      flag: flag, placeholder: placeholder, help: help, shownDefault: format.write(value),
      defaultText: format.write(value), format: format, absent: value)
  }

  /// An option that is nil when not given; `unset` tells the help's reader what then happens.
  package init<Wrapped: Sendable>(
    _ flag: String, _ placeholder: String, _ format: ValueFormat<Wrapped>, unset: String? = nil,
    _ help: String
  ) where Value == Wrapped? {
    self.init(
      flag: flag, placeholder: placeholder, help: help, shownDefault: unset,
      defaultText: nil, format: format.optional(), absent: nil)
  }

  /// A word that stands alone, without a flag: `name` is what messages call it.
  package init<Wrapped: Sendable>(
    operand name: String, _ placeholder: String, _ format: ValueFormat<Wrapped>, _ help: String
  ) where Value == Wrapped? {
    self.init(name, placeholder, format, help)
  }

  /// A switch: takes no value, is off unless given.
  package init(_ flag: String, _ help: String) where Value == Bool {
    self.init(
      flag: flag, placeholder: nil, help: help, shownDefault: nil, defaultText: nil,
      format: ValueFormat("no value", read: { _ in true }, write: { _ in "" }), absent: false)
  }

  private init(
    flag: String, placeholder: String?, help: String, shownDefault: String?,
    defaultText: String?, format: ValueFormat<Value>, absent: Value
  ) {
    self.flag = flag
    self.placeholder = placeholder
    self.help = help
    self.shownDefault = shownDefault
    self.defaultText = defaultText
    self.format = format
    self.absent = absent
  }

  /// The value a text means.
  /// - Throws: `UsageError` naming what the flag takes and, for words, the nearest one.
  package func read(_ text: String) throws(UsageError) -> Value {
    if let value = format.read(text) { return value }
    let words = format.words
    let wrong = text.split(separator: ",").map(String.init).filter { !words.contains($0) }
    let hint = wrong.prefix(Self.mostHinted).lazy.compactMap { nearest(to: $0, among: words) }.first
      .map { "; did you mean \($0)?" }
    throw UsageError("\(flag) takes \(format.expectation), not \"\(text)\"\(hint ?? "")")
  }

  /// Of a long list of wrong words the first ones are enough to learn from.
  private static var mostHinted: Int { 16 }

  package func check(_ text: String) throws(UsageError) { _ = try read(text) }

  package func canonical(_ text: String) throws(UsageError) -> String {
    format.write(try read(text))
  }
}

/// An option without its type, as the table, the parser and the help see it.
package protocol AnyOption: Sendable {
  /// The flag with its dashes: `--seed`.
  var flag: String { get }
  /// What stands for the value in the help, nil for a switch.
  var placeholder: String? { get }
  /// What the option does, in a sentence without a full stop.
  var help: String { get }
  /// What happens without the flag, as the help says it.
  var shownDefault: String? { get }
  /// The words it takes, where there is a list of them.
  var words: [String] { get }
  /// Whether several of the words may stand between commas.
  var isList: Bool { get }
  /// What its value is the path of, if it is one.
  var path: PathKind? { get }
  /// The text of the value when the flag is not given; nil where that is none.
  var defaultText: String? { get }
  /// The one text among all that mean the same value.
  func canonical(_ text: String) throws(UsageError) -> String
  /// Refuses a text that means no value of this option.
  func check(_ text: String) throws(UsageError)
}
