// `loss.png` in a run's folder.

import Diffusion
import Foundation
import TestSupport
import Testing
import ddpm

@Suite struct RunFolderLossPlotTests {
  @Test func theLogIsDrawnAndTheRunsOwnPictureReplaced() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run"
      try draw(in: RunFolder(path, existing: .kept))
      try RunFolder(path, existing: .replaced).begin()
      #expect(!FileManager.default.fileExists(atPath: path + "/loss.png"))
    }
  }

  /// Draws the log twice as it grows.
  private func draw(in run: RunFolder) throws {
    #expect(throws: FileError.self) { try run.plotLosses() }
    var (log, pictures) = ("", [[UInt8]]())
    for (step, loss) in [(10, 0.5), (20, 0.25)] {
      log += "{\"step\":\(step),\"loss\":\(loss)}\n"
      try Array(log.utf8).save(to: run.path + "/metrics.jsonl")
      try run.plotLosses(text: [("model", "run")])
      pictures.append(try [UInt8](file: run.path + "/loss.png"))
    }
    #expect(pictures[0].starts(with: [0x89] + "PNG".utf8) && pictures[0] != pictures[1])
  }
}
