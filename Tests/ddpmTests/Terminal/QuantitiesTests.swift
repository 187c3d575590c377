// Times and rates in words.

import Testing
import ddpm

@Suite struct QuantitiesTests {
  @Test(
    arguments: [
      (.milliseconds(-5), "0 s"), (.zero, "0 s"), (.milliseconds(12_400), "12 s"),
      (.milliseconds(59_400), "59 s"), (.milliseconds(59_600), "1m 00s"), (.seconds(200), "3m 20s"),
      (.seconds(3599), "59m 59s"), (.seconds(3720), "1h 02m"), (.seconds(86_399), "23h 59m"),
      (.seconds(183_600), "2d 03h"),
    ] as [(Duration, String)])
  func timesHaveTwoUnits(time: Duration, text: String) {
    #expect(time.brief == text)
  }

  @Test(
    arguments: [
      (0, .seconds(1), "- steps/s"), (5, .zero, "- steps/s"), (83, .seconds(2), "41.5 steps/s"),
      (4, .seconds(10), "2.50 s/step"), (1, .seconds(100), "100 s/step"),
      (3, .seconds(3), "1.00 steps/s"),
      (9994, .seconds(1000), "9.99 steps/s"), (9999, .seconds(1000), "10.0 steps/s"),
      (12_345, .seconds(10), "1234 steps/s"),
    ] as [(Int, Duration, String)])
  func ratesTurnOverBelowOne(count: Int, time: Duration, text: String) {
    #expect(rate(of: count, in: time, unit: "step") == text)
  }
}
