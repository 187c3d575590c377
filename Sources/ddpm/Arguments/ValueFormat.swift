// How the text of a value becomes a typed value and back, and the words that say what is accepted.

import Diffusion
import Foundation

/// The texts an option accepts and what they mean.
package struct ValueFormat<Value: Sendable>: Sendable {
  /// What is accepted, range included, to follow "takes": "a whole number from 1 to 10".
  package let expectation: String
  /// The words accepted, where there is a list of them: a mistyped one names the nearest.
  package let words: [String]
  /// Whether several words may stand between commas.
  package let isList: Bool
  /// What the value is the path of, if it is one.
  package let path: PathKind?
  /// The value a text means, or nil if it means none.
  package let read: @Sendable (String) -> Value?
  /// The text of a value; `read` takes it back.
  package let write: @Sendable (Value) -> String

  package init(
    _ expectation: String, words: [String] = [], isList: Bool = false, path: PathKind? = nil,
    read: @escaping @Sendable (String) -> Value?, write: @escaping @Sendable (Value) -> String
  ) {
    self.expectation = expectation
    self.words = words
    self.isList = isList
    self.path = path
    self.read = read
    self.write = write
  }

  /// The same format for a type that wraps `Value`, without a default to write.
  func optional() -> ValueFormat<Value?> {
    ValueFormat<Value?>(expectation, words: words, isList: isList, path: path) { [read] text in
      read(text).map(Optional.some)
    } write: { [write] value in
      value.map(write) ?? ""
    }
  }
}

/// What a path leads to, for those who complete it.
package enum PathKind: Equatable, Sendable {
  /// A folder.
  case folder
  /// A file whose name has one of these endings; none is any file.
  case file(endings: [String])
}

extension ValueFormat where Value == String {
  /// A path, which is any text but the empty one.
  package static func path(of kind: PathKind) -> Self {
    Self("a path", path: kind, read: { $0.isEmpty ? nil : $0 }, write: \.self)
  }

  /// Any path.
  package static var path: Self { path(of: .file(endings: [])) }

  /// A folder's path.
  package static var folder: Self { path(of: .folder) }
}

extension ValueFormat where Value: FixedWidthInteger {
  /// A decimal number in a range.
  package static func integer(_ range: ClosedRange<Value>) -> Self {
    Self("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      Value(text).flatMap { range.contains($0) ? $0 : nil }
    } write: {
      "\($0)"
    }
  }
}

extension ValueFormat where Value == Double {
  /// A number in a range, both ends included.
  package static func number(_ range: ClosedRange<Double>) -> Self {
    number("from \(range.lowerBound.brief) to \(range.upperBound.brief)", range.contains)
  }

  /// A number in a range without its upper end.
  package static func number(_ range: Range<Double>) -> Self {
    number("from \(range.lowerBound.brief) to below \(range.upperBound.brief)", range.contains)
  }

  /// A number above 0, at most `limit`.
  package static func positiveNumber(upTo limit: Double) -> Self {
    number("above 0, at most \(limit.brief)") { 0 < $0 && $0 <= limit }
  }

  private static func number(
    _ range: String, _ isInside: @escaping @Sendable (Double) -> Bool
  ) -> Self {
    Self("a number \(range)") { text in
      Double(text).flatMap { isInside($0) ? $0 : nil }
    } write: {
      $0.brief
    }
  }
}

extension ValueFormat where Value == ClosedRange<Timestep> {
  /// Two timesteps, the less noisy first.
  package static var timestepInterval: Self {
    Self("two timesteps from 1 on with a comma between, the smaller first, as in 200,800") { text in
      let ends = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard ends.count == 2, let first = ends[0], let last = ends[1], 1 <= first, first <= last
      else { return nil }
      return Timestep(first)...Timestep(last)
    } write: {
      "\($0.lowerBound),\($0.upperBound)"
    }
  }
}

extension ValueFormat
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enum's cases, by its raw value.
  package static var choice: Self {
    let words = Value.allCases.map(\.rawValue)
    return Self("one of \(words.joined(separator: ", "))", words: words) {
      Value(rawValue: $0)
    } write: {
      $0.rawValue
    }
  }
}

extension ValueFormat {
  /// One of some values, by its name.
  static func named(_ values: [Value], name: @escaping @Sendable (Value) -> String) -> Self {
    let words = values.map(name)
    return Self("one of \(words.joined(separator: ", "))", words: words) { text in
      values.first { name($0) == text }
    } write: {
      name($0)
    }
  }

  /// One or more elements between commas.
  package static func list<Element>(of element: ValueFormat<Element>) -> Self
  where Value == [Element] {
    Self(
      "values separated by commas, each \(element.expectation)", words: element.words, isList: true
    ) { text in
      let pieces = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let elements = pieces.compactMap(element.read)
      return elements.count == pieces.count ? elements : nil
    } write: { elements in
      elements.map(element.write).joined(separator: ",")
    }
  }

  /// One or more elements between commas, none of them twice.
  package static func distinctList<Element: Hashable>(of element: ValueFormat<Element>) -> Self
  where Value == [Element] {
    let list = list(of: element)
    return Self("different \(list.expectation)", words: list.words, isList: true) { text in
      list.read(text).flatMap { Set($0).count == $0.count ? $0 : nil }
    } write: {
      list.write($0)
    }
  }

  /// Either of two words' worth: a fixed word with a value of its own, else another format.
  package func or(_ word: String, means value: Value) -> Self where Value: Equatable {
    Self("\(expectation), or \(word)", words: words + [word], path: path) { [read] text in
      text == word ? value : read(text)
    } write: { [write] other in
      other == value ? word : write(other)
    }
  }
}

extension Double {
  /// The shortest text that reads back as this number, whole ones without a point.
  var brief: String {
    description.hasSuffix(".0") ? String(description.dropLast(2)) : description
  }
}
