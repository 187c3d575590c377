// Mistyped words and what they were meant to be.

import Testing
import ddpm

@Suite struct NearestTests {
  static let flags = ["--steps", "--seed", "--sampler", "--learning-rate", "--save-every", "--ema"]

  @Test(
    arguments: [
      ("--step", "--steps"), ("--setps", "--steps"), ("--seeed", "--seed"), ("-seed", "--seed"),
      ("\u{2014}seed", "--seed"), ("seed", "--seed"), ("--SEED", "--seed"),
      ("--learning", "--learning-rate"), ("--samplr", "--sampler"), ("--em", "--ema"),
      ("--learning_rate", "--learning-rate"), ("--seedling", "--seed"), ("--stepsize", "--steps"),
    ])
  func smallMistakesAreForgiven(typed: String, meant: String) {
    #expect(nearest(to: typed, among: Self.flags) == meant)
  }

  @Test(arguments: ["--banana", "--", "-", "", "--s", "--x", "--verbose"])
  func wordsWithNothingInCommonNameNothing(typed: String) {
    #expect(nearest(to: typed, among: Self.flags) == nil)
  }

  /// Comparing it letter by letter with every flag takes half a minute here.
  @Test func aWordOfAnyLengthIsRefusedAtOnce() {
    let word = "--" + String(repeating: "a", count: 1_000_000)
    let time = ContinuousClock().measure {
      #expect(nearest(to: word, among: Self.flags) == nil)
    }
    #expect(time < .seconds(10), "\(time)")
  }

  @Test(
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
      ("abcd", "acbd", 1), ("ca", "abc", 3), ("same", "same", 0),
    ])
  func editDistanceCountsMistakes(a: String, b: String, distance: Int) {
    #expect(editDistance(Array(a), Array(b)) == distance)
  }
}
