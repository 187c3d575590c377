// JSON is read strictly and written as Python and Rust write it.

import Files
import TestSupport
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    (" [ ] ", JSON.array([])),
    ("{\"b\":1,\"a\":[2.0,-0,1e-05]}", object(("b", 1), ("a", [2.0, 0, 1e-05]))),
    ("\"\\u00e9\\ud83d\\ude00\\n\\/\\\"\"", "é😀\n/\""),
    ("[true,false,null]", .array([true, false, .null])),
    ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)),
    ("\u{feff}[]", .array([])),
  ])
  func valuesAreRead(text: String, value: JSON) throws {
    #expect(try JSON.parse(text.utf8) == value)
  }

  @Test(arguments: [
    ("", 1, "the end of the text"),
    ("{\"a\":1,\"a\":2}", 8, "the key \"a\" stands twice"),
    ("{\"a\":1,}", 8, "a comma before '}'"),
    ("[1,]", 4, "a comma before ']'"),
    ("[1 2]", 4, "'2' where ',' or ']'"),
    ("{\"a\" 1}", 6, "'1' where ':'"),
    ("{a:1}", 2, "'a' where a key"),
    ("{\"a\":1", 7, "the end of the text"),
    ("1 2", 3, "'2' after the end"),
    ("NaN", 1, "'N' where a value"),
    ("nul", 1, "'n' where a value"),
    ("01", 1, "malformed number"),
    ("-", 1, "malformed number"),
    ("1.", 1, "malformed number"),
    (".5", 1, "'.' where a value"),
    ("1e", 1, "malformed number"),
    ("1e999", 1, "out of range"),
    ("9223372036854775808", 1, "out of range"),
    ("\"a", 1, "closing quote"),
    ("\"a\tb\"", 3, "control character"),
    ("\"\\x\"", 2, "unknown escape"),
    ("\"\\u12g4\"", 2, "four hexadecimal digits"),
    ("\"\\ud800\"", 2, "surrogate"),
    ("\"\\ud800\\u0041\"", 2, "surrogate"),
    ("\"\\udc00\"", 2, "surrogate"),
    (String(repeating: "[", count: 100_000), 65, "nested more than 64"),
  ])
  func faultsAreRefusedWithTheirPlace(text: String, column: Int, reason: String) {
    let error = #expect(throws: JSONError.self) { try JSON.parse(text.utf8) }
    #expect(error?.line == 1)
    #expect(error?.column == column)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
  }

  @Test func sixtyFourListsMayBeNested() throws {
    let lists = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    _ = try JSON.parse(lists(64).utf8)
    #expect(throws: JSONError.self) { try JSON.parse(lists(65).utf8) }
  }

  @Test func linesAreCounted() {
    let error = #expect(throws: JSONError.self) { try JSON.parse("{\n\"a\": 1,\n  b}".utf8) }
    #expect(error?.description == "line 3, column 3: 'b' where a key should be")
  }

  @Test(arguments: [[0xc3], [0xff], [0xed, 0xa0, 0x80], [0xc0, 0xaf]] as [[UInt8]])
  func invalidUTF8IsRefused(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    #expect(throws: JSONError.self) { try JSON.parse([quote] + bytes + [quote]) }
  }

  /// json.dumps([float("-inf"), float("inf"), -1])
  @Test func pythonsInfinitiesAreWordsOnlyWhereTheyAreExpected() throws {
    let text = "[-Infinity, Infinity, -1]"
    let expected: JSON = ["-Infinity", "Infinity", -1]
    #expect(try JSON.parse(text.utf8, .python) == expected)
    #expect(throws: JSONError.self) { try JSON.parse(text.utf8) }
    for wrong in ["-Inf", "Infinit", "-Infinityy", "NaN", "+Infinity"] {
      #expect(throws: JSONError.self, "\(wrong)") { try JSON.parse(wrong.utf8, .python) }
    }
  }

  @Test func compactTextHasNoSpace() {
    let value = object(("b", [1, 2.0]), ("a", .object([])), ("c", "q\"\\\u{1}\né"))
    #expect(value.text(.compact) == #"{"b":[1,2.0],"a":{},"c":"q\"\\\u0001\né"}"#)
  }

  @Test func indentedTextIsWhatPythonWrites() {
    // json.dumps({"b": [1, 1e-05], "a": {}, "c": 0.0001}, indent=2, sort_keys=True)
    let value = object(("b", [1, 1e-05]), ("a", .object([])), ("c", 0.0001))
    #expect(
      value.sorted.text(.indented)
        == "{\n  \"a\": {},\n  \"b\": [\n    1,\n    1e-05\n  ],\n  \"c\": 0.0001\n}")
  }

  /// json.dumps of the same numbers; Swift's own digits of the first two have an exponent.
  @Test(
    arguments: [
      (0x1p53, "9007199254740992.0"), (-9999999999999998, "-9999999999999998.0"),
      (1e16, "1e+16"), (0x1p53 - 1, "9007199254740991.0"),
    ])
  func largeNumbersAreAsPythonWritesThem(value: Double, text: String) {
    #expect(JSON.number(value).text(.compact) == text)
  }

  @Test(arguments: [0.1, 1e-05, 1e22, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -2.5])
  func floatsReadBackExactly(value: Double) throws {
    #expect(try JSON.parse(JSON.number(value).text(.compact).utf8) == .number(value))
  }
}

func object(_ members: (String, JSON)...) -> JSON {
  .object(members.map { JSON.Member($0.0, $0.1) })
}
