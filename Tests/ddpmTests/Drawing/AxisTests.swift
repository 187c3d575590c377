// Axes: round numbers in sight, each where it belongs.

import Foundation
import Testing
import ddpm

@Suite struct AxisTests {
  @Test(arguments: [
    (2550, ["0", "500", "1000", "1500", "2000", "2500"]),
    (100, ["0", "20", "40", "60", "80", "100"]),
    (1, ["0", "1"]), (0, ["0", "1"]), (3, ["0", "1", "2", "3"]),
    (48_000, ["0", "10,000", "20,000", "30,000", "40,000"]),
    (2_000_000, ["0", "500,000", "1,000,000", "1,500,000", "2,000,000"]),
  ])
  func countsAreMarkedAtRoundNumbers(count: Int, labels: [String]) {
    let axis = Axis.counts(upTo: count, ticks: 6)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(axis.position(of: 0) == 0 && axis.position(of: Double(max(count, 1))) == 1)
  }

  @Test(arguments: [
    ([0.02, 0.8], ["0.02", "0.05", "0.1", "0.2", "0.5"]),
    ([0.05, 0.2], ["0.05", "0.06", "0.08", "0.1", "0.2"]),
    ([1e-7, 10], ["0.000001", "0.0001", "0.01", "1"]),
    ([1e-4, 10], ["0.0001", "0.001", "0.01", "0.1", "1", "10"]),
  ])
  func wideLossesAreOnALogarithmicAxis(losses: [Double], labels: [String]) {
    let axis = Axis.losses(losses, ticks: 6)
    #expect(axis.scale == .logarithmic)
    #expect(axis.ticks.map(\.label) == labels)
    // Equal ratios are equal lengths.
    let middle = (losses[0] * losses[1]).squareRoot()
    #expect(abs(axis.position(of: middle) - 0.5) < 1e-12)
    #expect(losses.allSatisfy { axis.range.contains($0) })
  }

  @Test(arguments: [
    ([0.021, 0.034], ["0.022", "0.024", "0.026", "0.028", "0.030", "0.032", "0.034"]),
    ([0, 5], ["0", "1", "2", "3", "4", "5"]),
    ([-0.3, 0.3], ["-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"]),
  ])
  func narrowLossesAndThoseWithoutALogarithmAreOnALinearOne(losses: [Double], labels: [String]) {
    let axis = Axis.losses(losses, ticks: 9)
    #expect(axis.scale == .linear)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(abs(axis.position(of: (losses[0] + losses[1]) / 2) - 0.5) < 1e-12)
  }

  @Test(arguments: [[], [0.3], [0.3, 0.3], [0], [1e-9], [1e-9, 1e38], [1, 1e308]] as [[Double]])
  func anyLossesHaveAnAxis(losses: [Double]) {
    let axis = Axis.losses(losses, ticks: 9)
    #expect(axis.range.lowerBound < axis.range.upperBound)
    #expect((1...9).contains(axis.ticks.count))
    for tick in axis.ticks { #expect((0...1).contains(axis.position(of: tick.value))) }
    for loss in losses { #expect((0...1).contains(axis.position(of: loss))) }
    #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count)
  }
}
