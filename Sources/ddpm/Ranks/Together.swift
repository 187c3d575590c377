// What the ranks of a job do together before they share work: succeed, or fail as one.

import Diffusion
import Foundation
import Ranks

/// What went wrong in another process of the job.
package struct RankError: Error, CustomStringConvertible {
  /// Which process.
  package let rank: Int
  /// Its error, in one line.
  package let line: String
  /// The exit code that it stands for.
  package let code: ExitCode

  /// One line that says where, and what.
  package var description: String { "in rank \(rank) of the job: \(line)" }
}

extension Communicator {
  /// Does what every rank must have done before work is shared. Where it fails in one it fails in all, so
  /// that none waits for another that is gone.
  ///
  /// - Parameter work: done in every rank.
  /// - Throws: what `work` threw here; else `RankError` with what it threw elsewhere.
  package func together<Value>(_ work: () throws -> Value) throws -> Value {
    guard count > 1 else { return try work() }
    let result = Result { try work() }
    var report = ""
    if case .failure(let error) = result {
      report = "\(ExitCode(error).rawValue) \(error)"
    }
    for (rank, report) in gather(report).enumerated() where !report.isEmpty {
      if case .failure(let error) = result { throw error }
      let parts = report.split(separator: " ", maxSplits: 1).map(String.init)
      throw RankError(
        rank: rank, line: parts.last ?? "",
        code: parts.first.flatMap { Int32($0) }.flatMap(ExitCode.init) ?? .failure)
    }
    return try result.get()
  }

  /// Makes sure that all ranks are about to do the same.
  ///
  /// - Parameter facts: what must be the same everywhere, by its name.
  /// - Throws: `RankError` naming the first fact that differs from rank 0's.
  package func agree(on facts: [(name: String, value: String)]) throws {
    guard count > 1 else { return }
    for fact in facts {
      let values = gather(fact.value)
      if let other = values.firstIndex(where: { $0 != values[0] }) {
        throw RankError(
          rank: other,
          line:
            "its \(fact.name) is \(values[other]), that of rank 0 \(values[0]): all ranks must have"
            + " the same", code: .invalidData)
      }
    }
  }
}

extension Tool {
  /// What all ranks of a training must have in common: machines whose kernels round differently would
  /// drift apart.
  static func facts(_ record: TrainingRecord) -> [(name: String, value: String)] {
    let settings = record.settings.sorted { $0.key < $1.key }
      .filter { $0.key != CommonOptions.threads.flag && $0.key != CommonOptions.data.flag }
    return [
      ("version", version), ("kind of kernels", Platform.instructionSet),
      ("maker of the CPU", Platform.maker), ("set of images", record.data),
      ("command line", settings.map { "\($0.key) \($0.value)" }.joined(separator: " ")),
    ]
  }
}
