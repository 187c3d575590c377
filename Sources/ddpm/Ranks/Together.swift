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
  /// - Parameter facts: what must be the same everywhere, by its name; one process alone asks for none.
  /// - Throws: `RankError` naming the first fact that differs from rank 0's.
  package func agree(
    on facts: @autoclosure () throws -> [(name: String, value: String)]
  ) throws {
    guard count > 1 else { return }
    for fact in try facts() {
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
  /// What all ranks must have in common: programs and machines that round differently would drift apart.
  private static var facts: [(name: String, value: String)] {
    [
      ("version", version), ("kind of kernels", Platform.instructionSet),
      ("maker of the CPU", Platform.maker),
    ]
  }

  /// What all ranks of a training must have in common.
  ///
  /// - Parameter model: the fingerprint of the model that it begins with, or goes on with.
  package static func facts(
    _ record: TrainingRecord, model: String
  ) -> [(name: String, value: String)] {
    facts + [
      ("set of images", record.data), ("command line", text(of: record.settings)), ("model", model),
    ]
  }

  /// What all ranks that share the images of a model must have in common.
  ///
  /// - Parameters:
  ///   - guidance: by another model perhaps.
  ///   - images: the fingerprint of those that are worked on; empty for none.
  ///   - settings: of the command line.
  package static func facts(
    _ model: DiffusionModel, guidance: Guidance?, images: String = "", _ settings: [String: String]
  ) -> [(name: String, value: String)] {
    var guide = ""
    if case .model(let model)? = guidance?.reference { guide = model.fingerprint }
    return facts + [
      ("model", model.fingerprint), ("model to guide by", guide), ("set of images", images),
      ("command line", text(of: settings)),
    ]
  }

  /// A command line without what may differ from machine to machine.
  private static func text(of settings: [String: String]) -> String {
    let local: [any AnyOption] = [CommonOptions.threads, CommonOptions.data, CommonOptions.model]
    return settings.filter { setting in !local.contains { $0.flag == setting.key } }
      .sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " ")
  }
}
