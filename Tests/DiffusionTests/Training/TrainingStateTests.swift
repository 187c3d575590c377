// Resuming: the same bytes as without an interruption, and no other file taken for a state.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct TrainingStateTests {
  private let record = TrainingRecord(
    settings: ["--batch": "19", "--conditional": ""], data: "these images", seconds: 1.5)

  private func trainer(threads: Int = 2, seed: UInt64 = 0) throws -> Trainer {
    try SmallTraining.trainer(
      SmallTraining.options(batch: 2 * ShardSize.usual + 3, seed: seed, threads: threads),
      dropout: 0.1)
  }

  /// A step ahead of a fresh one, so that whatever is not restored differs.
  private func resumed(_ folder: String, threads: Int) throws -> Trainer {
    let trainer = try trainer(threads: threads)
    _ = try trainer.step(of: 2)
    try trainer.restore(TrainingState(folder: folder))
    return trainer
  }

  private func state(_ trainer: Trainer, _ folder: String) throws -> [UInt8] {
    try trainer.saveState(to: folder, record)
    return try [UInt8](file: TrainingState.path(in: folder))
  }

  @Test(arguments: [(1, 1), (1, 3), (2, 1), (3, 2)])
  func interruptionsAtEveryStepChangeNoByte(threads: Int, later: Int) throws {
    try withTemporaryFolder { folder in
      let straight = try trainer(threads: threads)
      var losses: [Double] = []
      for _ in 0..<6 { losses.append(try straight.step(of: 6).loss) }
      var cut = try trainer(threads: threads)
      for step in 0..<6 {
        _ = try state(cut, folder)
        cut = try resumed(folder, threads: step % 2 == 0 ? later : threads)
        #expect(cut.completed == step)
        #expect(try cut.step(of: 6).loss == losses[step])
      }
      #expect(cut.snapshot().weights == straight.snapshot().weights)
      #expect(try state(cut, folder) == state(straight, folder + "/straight"))
    }
  }

  /// The rate at a step follows from the step and the new length alone.
  @Test func aLargerBudgetIsFollowedFromThereOn() throws {
    try withTemporaryFolder { folder in
      let trainer = try trainer()
      for _ in 0..<3 { _ = try trainer.step(of: 3) }
      _ = try state(trainer, folder)
      let again = try resumed(folder, threads: 1)
      let (one, other) = (try trainer.step(of: 40), try again.step(of: 40))
      #expect(one.learningRate == other.learningRate && one.learningRate > 1e-3)
      #expect(again.snapshot().weights == trainer.snapshot().weights)
    }
  }

  @Test func aRehearsalChangesNothing() throws {
    let (trained, rehearsed) = (try trainer(), try trainer())
    rehearsed.rehearse()
    _ = try trained.step(of: 9)
    _ = try rehearsed.step(of: 9)
    rehearsed.rehearse()
    _ = try trained.step(of: 9)
    _ = try rehearsed.step(of: 9)
    #expect(trained.snapshot().weights == rehearsed.snapshot().weights && rehearsed.completed == 2)
  }

  @Test func whatWasRecordedIsRead() throws {
    try withTemporaryFolder { folder in
      let trainer = try trainer()
      _ = try trainer.step(of: 2)
      _ = try state(trainer, folder)
      let state = try TrainingState(folder: folder)
      #expect(state.record == record && state.completed == 1)
    }
  }

  @Test func rawWeightsAreThoseOfTheState() throws {
    try withTemporaryFolder { folder in
      let trainer = try SmallTraining.trainer(
        SmallTraining.options { ($0.warmup, $0.averageDecay) = (0, 0.9) })
      for _ in 0..<3 { _ = try trainer.step(of: 9) }
      try trainer.snapshot().save(to: folder)
      let error = #expect(throws: FileError.self) {
        try DiffusionModel(folder: folder, weights: .raw)
      }
      #expect(error?.description.contains("has no raw weights") == true)
      _ = try state(trainer, folder)
      let raw = try DiffusionModel(folder: folder, weights: .raw)
      let plain = try SmallTraining.trainer(
        SmallTraining.options { ($0.warmup, $0.averageDecay) = (0, 0) })
      for _ in 0..<3 { _ = try plain.step(of: 9) }
      #expect(raw.weights == plain.snapshot().weights)
      #expect(try DiffusionModel(folder: folder).weights == trainer.snapshot().weights)
      #expect(raw.weights != trainer.snapshot().weights)
    }
  }

  /// A file with one thing about it changed.
  private static let faults: [(String, String, String)] = [
    ("ddpm_training_state", "another_state", "lacks ddpm_training_state"),
    ("ddpm_training_state\":\"1", "ddpm_training_state\":\"2", "is of version 2"),
    ("completed_steps\":\"0", "completed_steps\":\"x", "completed_steps cannot be right"),
    (
      "completed_steps\":\"0", "completed_steps\":\"9223372036854775807",
      "completed_steps cannot be right"
    ),
    ("elapsed_seconds\":\"1.5", "elapsed_seconds\":\"1e300", "elapsed_seconds cannot be right"),
    ("elapsed_seconds\":\"1.5", "elapsed_seconds\":\"nan", "elapsed_seconds cannot be right"),
    ("elapsed_seconds\":\"1.5", "elapsed_seconds\":\"-15", "elapsed_seconds cannot be right"),
  ]

  @Test(arguments: faults)
  func whatIsNoStateIsRefused(text: String, other: String, reason: String) throws {
    try withTemporaryFolder { folder in
      let bytes = try state(trainer(), folder)
      let end = try #require(bytes.firstIndex(of: UInt8(ascii: "}")))
      let header = String(decoding: bytes[8...end], as: UTF8.self)
      let changed = header.replacing(text, with: other)
      try #require(changed != header)
      // The header keeps its length by the spaces behind it.
      let rest = bytes[(end + 1)...]
      let length = UInt64(littleEndian: bytes[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
      let new = length + UInt64(changed.utf8.count) - UInt64(header.utf8.count)
      let start = (0..<8).map { UInt8(truncatingIfNeeded: new >> (8 * $0)) }
      try (start + Array(changed.utf8) + rest).save(to: TrainingState.path(in: folder))
      let error = #expect(throws: FileError.self) { try TrainingState(folder: folder) }
      #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func theStateOfAnotherNetworkIsRefused() throws {
    try withTemporaryFolder { folder in
      _ = try state(trainer(), folder)
      let size = ImageSize(height: 8, width: 8, channels: 3)
      let other = try SmallTraining.trainer(data: SmallTraining.images(4, size))
      #expect(throws: FileError.self) { try other.restore(TrainingState(folder: folder)) }
    }
  }
}
