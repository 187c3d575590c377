// Times and rates in the words of a progress line.

import Foundation

extension Duration {
  /// The time in its two largest units: "12 s", "3m 20s", "1h 02m", "2d 03h".
  package var brief: String {
    let seconds = max(0, Int(self.seconds.rounded()))
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
    return switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: String(format: "%dm %02ds", minutes, seconds % 60)
    case ..<86_400: String(format: "%dh %02dm", hours, minutes % 60)
    default: String(format: "%dd %02dh", days, hours % 24)
    }
  }

  /// The time in seconds.
  package var seconds: Double { self / .seconds(1) }
}

/// The rate of `count` things in a time with three digits, turned over when less than one a
/// second: "41.5 steps/s", "2.50 s/step"; a dash before there is anything to divide.
package func rate(of count: Int, in time: Duration, unit: String) -> String {
  guard count > 0, time > .zero else { return "- \(unit)s/s" }
  let perSecond = Double(count) / time.seconds
  return perSecond >= 1
    ? "\(threeDigits(perSecond)) \(unit)s/s" : "\(threeDigits(1 / perSecond)) s/\(unit)"
}

/// A positive number with three significant digits, as far as a point goes.
private func threeDigits(_ value: Double) -> String {
  let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
  return String(format: "%.\(decimals)f", value)
}

/// A number with so many decimals.
func decimals(_ value: Double, _ places: Int) -> String {
  String(format: "%.\(places)f", value)
}

/// A number in few characters, in scientific notation.
func scientific(_ value: Double) -> String { value == 0 ? "0" : String(format: "%.1e", value) }

/// A number of things: "1 step", "2 steps".
func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
