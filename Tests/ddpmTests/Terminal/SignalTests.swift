// Signals to a training: what the parent ignores, SIGUSR1, and files beyond their limit.

import Foundation
import Testing

@Suite struct SignalTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(images: (64, 8))
  }

  /// A training of so many steps, as words of a shell.
  private func train(_ run: String, steps: Int) -> String {
    "\"$0\" train --data '\(workspace.path("data"))' --preset tiny --batch 4 --steps \(steps)"
      + " --sample-every 0 --save-every 100000 --threads 1 --out '\(workspace.path(run))'"
  }

  /// Waits until a run has a model, then sends a signal, and ends as the training does.
  private func shell(_ run: String, steps: Int, signal: String, before: String = "") throws
    -> BuiltTool.Result
  {
    let weights = workspace.path("\(run)/training/state.safetensors")
    return try BuiltTool.shell(
      """
      \(before) \(train(run, steps: steps)) & pid=$!
      for i in $(seq 600); do [ -f '\(weights)' ] && break; sleep 0.05; done; sleep 0.2
      kill -\(signal) $pid || echo "the training had ended before" >&2; wait $pid
      """)
  }

  @Test(arguments: ["INT", "HUP"]) func whatTheParentIgnoresStaysIgnored(name: String) throws {
    let result = try shell("run", steps: 300, signal: name, before: "trap '' \(name);")
    #expect(result.code == 0 && result.messages.contains("300 steps in"), "\(result.messages)")
    #expect(!result.messages.contains("had ended before"))
  }

  @Test func terminationStillSavesAndEnds() throws {
    let result = try shell("run", steps: 1_000_000, signal: "TERM", before: "trap '' INT;")
    #expect(result.code == 143 && result.messages.contains("all saved"), "\(result.messages)")
  }

  @Test func aUserSignalSavesAndTheTrainingGoesOn() throws {
    let result = try shell("run", steps: 300, signal: "USR1")
    #expect(result.code == 0 && result.messages.contains("saved     after"), "\(result.messages)")
    #expect(try BuiltTool.shell(train("straight", steps: 300)).code == 0)
    let name = "unet/diffusion_pytorch_model.safetensors"
    #expect(try workspace.bytes("run/\(name)") == workspace.bytes("straight/\(name)"))
  }

  @Test func anEarlyUserSignalIsNotFatal() throws {
    // As soon as the default action is gone, which is long before there is anything to save.
    let result = try BuiltTool.shell(
      """
      \(train("run", steps: 2)) & pid=$!
      has() { [ $((0x$(sed -n "s/^$1:[[:space:]]*//p" /proc/$pid/status) & 0x200)) != 0 ]; }
      if [ -r /proc/$pid/status ]; then until has SigIgn || has SigCgt || ! kill -0 $pid; do :; done; else sleep 0.2; fi
      kill -USR1 $pid; wait $pid
      """)
    #expect(result.code == 0, "\(result.messages)")
  }

  @Test func aFileBeyondItsLimitIsAnErrorOfWriting() throws {
    let result = try BuiltTool.shell("ulimit -f 8; \(train("run", steps: 2)) --quiet")
    #expect(result.code == 74 && result.messages.contains("File too large"), "\(result.messages)")
    let files = try FileManager.default.subpathsOfDirectory(atPath: workspace.path("run"))
    #expect(!files.contains { $0.hasSuffix(".tmp") })
  }
}
