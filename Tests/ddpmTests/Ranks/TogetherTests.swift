// Ranks fail as one, and only those that are alike work together.

import Diffusion
import Ranks
import TestSupport
import Testing
import ddpm

@Suite struct TogetherTests {
  /// What each of some ranks says it failed of.
  private static func errors(
    _ count: Int, _ work: @escaping @Sendable (any Communicator) throws -> Void
  ) throws -> [String] {
    try ThreadJob.run(count) { ranks in
      do {
        try work(ranks)
        return ""
      } catch {
        return "\(error)"
      }
    }
  }

  @Test(arguments: ["version", "kind of kernels", "maker of the CPU", "set of images", "model"])
  func aMixtureIsRefusedInEveryRankByWhatDiffers(name: String) throws {
    let record = TrainingRecord(settings: ["--batch": "64"], data: "10 images", seconds: 0)
    let errors = try Self.errors(4) { ranks in
      var facts = Tool.facts(record, model: "one")
      let place = try #require(facts.firstIndex { $0.name == name })
      if ranks.rank == 2 { facts[place].value = "another" }
      try ranks.agree(on: facts)
    }
    let value = try #require(Tool.facts(record, model: "one").first { $0.name == name }?.value)
    for error in errors {
      #expect(
        error == "in rank 2 of the job: its \(name) is another, that of rank 0 \(value): all ranks"
          + " must have the same")
    }
  }

  /// Machines may have other paths, and other numbers of cores.
  @Test func whatMayDifferIsNotCompared() throws {
    let errors = try Self.errors(3) { ranks in
      let settings = [
        "--data": "/data/\(ranks.rank)", "--threads": "\(ranks.rank)", "--batch": "64",
      ]
      try ranks.agree(
        on: Tool.facts(
          TrainingRecord(settings: settings, data: "10 images", seconds: 0), model: "one"))
    }
    #expect(errors == ["", "", ""])
  }

  @Test func whatFailsInOneRankFailsInAll() throws {
    let errors = try Self.errors(3) { ranks in
      try ranks.together {
        if ranks.rank == 1 { throw UsageError("no") }
      }
    }
    #expect(errors == ["in rank 1 of the job: no", "no", "in rank 1 of the job: no"])
  }
}
