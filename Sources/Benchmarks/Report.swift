// What a benchmark is and how its result is printed.

import Autograd
import Diffusion
import Foundation

/// A named measurement.
struct Benchmark: Sendable {
  /// Where it runs when it is one of several.
  enum Place: Sendable {
    case thisProcess
    /// For one whose largest memory is among its figures.
    case ownProcess
  }

  let name: String
  let place: Place
  /// Makes what the work needs.
  let prepare: @Sendable () throws -> Work

  init(
    _ name: String, in place: Place = .thisProcess, prepare: @escaping @Sendable () throws -> Work
  ) {
    (self.name, self.place, self.prepare) = (name, place, prepare)
  }

  /// The figures of the work's least time.
  func run() throws -> Report {
    let work = try prepare()
    return Report(name: name, figures: work.figures(leastTime(runs: work.runs, work.body)))
  }

  /// Does the work once, to warm up, then once more for each line of standard input, and hands on
  /// that run's figures.
  ///
  /// So another process can let this one and others do their work in turn: what the machine's other
  /// users do to its speed then happens to all of them.
  func runInTurn(_ report: (Report) -> Void) throws {
    let work = try prepare()
    work.body()
    while readLine() != nil {
      report(Report(name: name, figures: work.figures(duration(work.body))))
    }
  }
}

typealias Figures = [(key: String, value: Double)]

/// What is timed.
struct Work {
  var runs = 7
  let body: () -> Void
  /// The figures of a run of so many seconds.
  let figures: (Double) -> Figures
}

/// The figures of one measurement.
struct Report {
  enum Format {
    case text
    case json
  }

  let name: String
  let figures: Figures

  /// One line; a JSON object with the same keys.
  func line(_ format: Format) -> String {
    switch format {
    case .text:
      let title = name.padding(toLength: 30, withPad: " ", startingAt: 0)
      return title
        + figures.map { String(format: "%@ %.4g", $0.key, $0.value) }.joined(separator: "  ")
    case .json:
      let members = figures.map { String(format: "\"%@\": %.6g", $0.key, $0.value) }
      return "{\"name\": \"\(name)\", " + members.joined(separator: ", ") + "}"
    }
  }
}

/// One for each core that this process may use.
let workers = Workers(count: AvailableCores.count)

/// The least time of some runs after a warm-up, in seconds: what the machine does undisturbed.
func leastTime(runs: Int = 7, _ body: () -> Void) -> Double {
  body()
  return (0..<runs).map { _ in duration(body) }.min() ?? 0
}

/// In seconds.
private func duration(_ body: () -> Void) -> Double {
  let start = ContinuousClock.now
  body()
  return (ContinuousClock.now - start) / .seconds(1)
}
