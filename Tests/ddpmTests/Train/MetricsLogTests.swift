// A run's log: JSON lines, cut back to where a training goes on.

import Diffusion
import Foundation
import TestSupport
import Testing
import ddpm

@Suite struct MetricsLogTests {
  @Test func everyRecordIsAJSONLine() throws {
    try withTemporaryFolder { folder in
      let log = MetricsLog(path: folder + "/metrics.jsonl")
      let trainer = try SmallTraining.trainer()
      let heldOut = HeldOutLoss(on: SmallTraining.images(2), count: 4, bins: 2)(
        trainer.snapshot(), threads: 1)
      for measurement in [nil, heldOut] {
        try log.append(
          MetricsRecord(
            step: trainer.step(of: 2), seconds: 1.5, imagesPerSecond: 20, heldOut: measurement))
      }
      let text = String(decoding: try [UInt8](file: folder + "/metrics.jsonl"), as: UTF8.self)
      #expect(text.hasSuffix("}\n"))
      let lines = try text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      let keys = [
        "step", "seconds", "loss", "gradient_norm", "learning_rate", "images_per_second",
      ]
      #expect(lines.count == 2 && Set(lines[0].keys) == Set(keys))
      #expect(Set(lines[1].keys) == Set(keys + ["held_out_loss", "held_out_by_timestep"]))
      #expect(lines.map { $0["step"] as? Int } == [1, 2])
      #expect(lines[1]["seconds"] as? Double == 1.5)
      // As text, because Foundation may read a number's last digit wrongly.
      let byTimestep = heldOut.byTimestep.map { "\($0)" }.joined(separator: ",")
      #expect(text.contains("\"held_out_by_timestep\":[\(byTimestep)]"))
    }
  }

  /// What a crash can leave of records behind the checkpoint and of the last line.
  @Test(arguments: [
    ("", ""), ("1 2 3", "1 2 3"), ("1 2 3 4 5", "1 2 3"), ("4 5", ""),
    ("1 2 torn", "1 2"), ("1 2 3 nul 5", "1 2 3"), ("unended", ""), ("1 unended", "1"),
  ])
  func aResumedTrainingFindsTheRecordsUpToItsStep(found: String, kept: String) throws {
    let lines = [
      "torn": "{\"step\":3,\"lo\n", "nul": "\0\0\0\n", "unended": "{\"step\":2,\"loss\":0.5}",
    ]
    func text(_ words: String) -> [UInt8] {
      words.split(separator: " ").flatMap { word in
        Array((lines[String(word)] ?? "{\"step\":\(word),\"loss\":0.25}\n").utf8)
      }
    }
    try withTemporaryFolder { folder in
      let log = MetricsLog(path: folder + "/metrics.jsonl")
      try text(found).save(to: log.path)
      try log.cut(after: 3)
      #expect(try [UInt8](file: log.path) == text(kept))
    }
  }

  @Test func aLogThatIsNotThereNeedsNoCutting() throws {
    try withTemporaryFolder { folder in
      let log = MetricsLog(path: folder + "/metrics.jsonl")
      try log.cut(after: 3)
      try log.sync()
      #expect(!FileManager.default.fileExists(atPath: log.path))
    }
  }
}
