// The formats of values: bounds, strictness, and texts that read back.

import Testing
import ddpm

@Suite struct ValueFormatTests {
  @Test(arguments: ["1", "10", "007"]) func integersInRangeAreRead(text: String) {
    #expect(ValueFormat<Int>.integer(1...10).read(text) == Int(text))
  }

  @Test(arguments: ["0", "11", "", " 1", "1 ", "1.0", "1e1", "0x1", "ten", "99999999999999999999"])
  func otherTextsAreNoIntegers(text: String) {
    #expect(ValueFormat<Int>.integer(1...10).read(text) == nil)
  }

  @Test func theLargestSeedIsRead() {
    let seed = ValueFormat<UInt64>.integer(UInt64.min...UInt64.max)
    #expect(seed.read("18446744073709551615") == .max)
    #expect(seed.read("18446744073709551616") == nil)
  }

  @Test func theEndsOfNumberRangesAreWhatTheySay() {
    let closed = ValueFormat<Double>.number(0...1)
    #expect([closed.read("0"), closed.read("1"), closed.read("1.0001")] == [0, 1, nil])
    let open = ValueFormat<Double>.number(0..<1)
    #expect([open.read("0"), open.read("0.999"), open.read("1")] == [0, 0.999, nil])
    let positive = ValueFormat<Double>.positiveNumber(upTo: 2)
    #expect([positive.read("0"), positive.read("1e-9"), positive.read("2")] == [nil, 1e-9, 2])
    #expect(open.expectation == "a number from 0 to below 1")
  }

  @Test(arguments: ["nan", "inf", "-inf", "", "0.5 ", "0,5", "1e400", "--1"])
  func otherTextsAreNoNumbers(text: String) {
    #expect(ValueFormat<Double>.number(-1e300...1e300).read(text) == nil)
  }

  @Test func listsNeedEveryElement() {
    let list = ValueFormat<[Int]>.list(of: .integer(1...9))
    #expect(list.read("3,1,3") == [3, 1, 3])
    for broken in ["", ",", "1,", ",1", "1,,2", "1, 2", "1,x", "1;2", "1,10"] {
      #expect(list.read(broken) == nil, "\(broken)")
    }
    #expect(ValueFormat<[Int]>.distinctList(of: .integer(1...9)).read("3,1,3") == nil)
  }

  @Test func writtenValuesReadBack() {
    expectRoundTrip(.eta, .hat, .value(0), .value(0.1))
    expectRoundTrip(.data, .synthetic, .folder("some/folder"))
    expectRoundTrip(.levels, [], [2], [1, 3])
    expectRoundTrip(.distinctList(of: .metric), Metric.all, [.bpd])
    expectRoundTrip(.positiveNumber(upTo: 1), 0.0002, 1e-12, 1)
    expectRoundTrip(.list(of: .eta), [.value(1), .hat])
  }

  private func expectRoundTrip<Value: Equatable & Sendable>(
    _ format: ValueFormat<Value>, _ values: Value...
  ) {
    for value in values { #expect(format.read(format.write(value)) == value) }
  }
}
