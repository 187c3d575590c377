// A repeated evaluation only does what is missing, and an interrupted one keeps what is finished.

import Diffusion
import Foundation
import Testing

@Suite struct KeptResultsTests {
  private let bench: EvaluationBench
  init() throws { bench = try EvaluationBench() }

  private static let words = "--count 20 --steps 2,3 --eta 0,hat"

  @Test func aRepeatedCommandMeasuresNothingAndReportsTheSame() throws {
    let first = try bench.run(Self.words)
    let before = try bench.text("report.json")
    let second = try bench.run(Self.words)
    #expect(first.code == 0 && second.code == 0)
    #expect(second.messages.contains("work      none"))
    // Also the times are the first ones.
    #expect(first.output == second.output && !second.output.isEmpty)
    #expect(try bench.text("report.json") == before)
  }

  @Test func moreCellsCostTheNewOnesOnly() throws {
    _ = try bench.run(Self.words + " --metrics time", data: "")
    let result = try bench.run(
      "--count 20 --steps 2,3,5 --eta 0,hat --metrics time", data: "")
    #expect(result.messages.contains("2 cells (4 kept from before), 200 runs of the network"))
    // Another measurement of the same images needs no new ones.
    let measured = try bench.run(Self.words + " --metrics time,fd")
    #expect(measured.code == 0 && measured.messages.contains("work      none"))
    #expect(measured.output.contains("Frechet distance"))
  }

  @Test(arguments: [
    ("--count 20 --seed 1", "2 cells, 100 runs"), ("--count 21", "2 cells, 105 runs"),
    ("--count 20 --eta 1", "2 cells, 100 runs"), ("--count 20", "work      none"),
  ])
  func anotherSettingIsMeasuredAnew(setting: String, work: String) throws {
    let words = "--steps 2,3 --metrics time"
    _ = try bench.run("--count 20 --eta 0 \(words)", data: "")
    let eta = setting.contains("--eta") ? "" : "--eta 0"
    let result = try bench.run("\(setting) \(eta) \(words)", data: "")
    #expect(result.messages.contains(work), "\(result.messages)")
  }

  @Test func anotherModelIsMeasuredAnew() throws {
    _ = try bench.run("--count 20 --steps 2 --eta 0 --metrics time,loss")
    let before = try bench.workspace.bytes("model/evaluation/ddim-trailing-steps2.png")
    let other = try Trainer(
      bench.model.configuration, schedule: bench.model.schedule, prediction: .noise,
      data: bench.test.images, TrainingOptions(threads: 1))
    _ = try other.step(of: 1)
    try other.snapshot().save(to: bench.workspace.path("model"))
    let result = try bench.run("--count 20 --steps 2 --eta 0 --metrics time,loss")
    #expect(result.messages.contains("1 cell, 60 runs"), "\(result.messages)")
    let after = try bench.workspace.bytes("model/evaluation/ddim-trailing-steps2.png")
    #expect(before != after)
  }

  @Test(arguments: [
    "kept/ddim-trailing-steps2.json", "kept/ddim-trailing-steps2.idx.gz",
    "kept/bits-per-dimension.json",
  ])
  func aDamagedResultIsMeasuredAnew(name: String) throws {
    let words = "--count 20 --steps 2 --eta 0 --metrics fd,bpd"
    let before = try bench.report(words)
    try bench.workspace.write("{", to: "model/evaluation/\(name)")
    let after = try bench.report(words)
    for key in ["floor", "bits_per_dimension"] { #expect(before[key] == after[key]) }
    let distances = [before, after].map { $0["cells"].elements[0]["frechet_distance"] }
    #expect(distances[0] == distances[1] && distances[0] != .null)
  }

  @Test func anEditedResultIsMeasuredAnew() throws {
    let words = "--count 20 --metrics loss"
    let before = try bench.report(words)
    let file = "model/evaluation/kept/held-out-loss.json"
    let text = String(decoding: try bench.workspace.bytes(file), as: UTF8.self)
    try bench.workspace.write(text.replacingOccurrences(of: "0.", with: "-5."), to: file)
    #expect(try bench.report(words)["held_out_loss"] == before["held_out_loss"])
  }

  @Test(arguments: [("INT", "130"), ("TERM", "143")])
  func aSignalKeepsTheFinishedCells(signal: String, code: String) throws {
    let evaluation = "evaluate --model model --count 64 --metrics time --eta 0 --steps"
    let first = "model/evaluation/kept/ddim-trailing-steps2"
    let result = try BuiltTool.shell(
      """
      cd '\(bench.workspace.path(""))'
      set -m; "$0" \(evaluation) 2,1000 >/dev/null & pid=$!
      while kill -0 $pid && ! [ -s \(first).json ]; do sleep 0.05; done
      kill -\(signal) $pid
      for i in $(seq 400); do sleep 0.05; kill -0 $pid || exit; done >/dev/null 2>&1 &&
        kill -9 $pid &
      wait $pid; echo $?
      """)
    #expect(result.output == code + "\n", "\(result.messages)")
    #expect(result.messages.contains("the same command goes on from there"))
    #expect(!bench.workspace.exists("model/evaluation/kept/ddim-trailing-steps1000.json"))
    let again = try BuiltTool.shell(
      "cd '\(bench.workspace.path(""))' && \"$0\" \(evaluation) 2,3")
    #expect(again.messages.contains("1 cell (1 kept from before), 192 runs"), "\(again.messages)")
  }
}
