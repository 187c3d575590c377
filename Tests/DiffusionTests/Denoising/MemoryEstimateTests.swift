// Memory known before it is taken: what a tape has, and what is refused.

import Foundation
import TestSupport
import Testing

@testable import Autograd
@testable import Diffusion

@Suite struct MemoryEstimateTests {
  @Test(arguments: [Tape.Purpose.inference, .training])
  func aPlannedTapeHasTheFloatsOfTheRealOne(purpose: Tape.Purpose) throws {
    let unet = try UNet(SmallTraining.network())
    let (planned, real) = (true, false)
    let counts = [planned, real].map { isOnlyPlanned in
      let tape = Tape(
        Parameters(unet.layout), for: purpose, capacity: 5, isOnlyPlanned: isOnlyPlanned)
      _ = unet.record(on: tape, .init(SmallTraining.size))
      return tape.floatCount
    }
    #expect(counts[0] == counts[1] && counts[0] > 0)
  }

  @Test func whatTheMachineHasNotIsRefused() throws {
    var configuration = SmallTraining.network()
    configuration.resolution = .init(height: 4096, width: 4096)
    let trainer = try SmallTraining.trainer()
    let small = trainer.snapshot()
    let unet = try UNet(configuration)
    let size = ImageSize(height: 4096, width: 4096, channels: 1)
    let huge = DiffusionModel(
      unet, small.parameters, schedule: small.schedule, prediction: small.prediction,
      clipping: small.clipping, imageSize: size)
    // 8 x 8 pixels of 4 bytes, twice.
    let many = 1 << 34
    let error = #expect(throws: SamplingError.self) {
      try small.sample(many, .ddim(steps: 2), SamplingOptions(threads: 2))
    }
    guard case .memory(let estimate, many, SmallTraining.size)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(estimate.bytes > many * 512)
    #expect(error?.description.contains("images of 8 x 8 takes about") == true)
    // A single one of these fits on many machines, and would not end.
    let estimate1 = huge.memory(count: 1, batch: 1, lanes: 1, memory: 1, guidance: nil)
    let refusal = #expect(throws: SamplingError.self) {
      try huge.sample(1, .ddim(steps: 2), SamplingOptions(threads: 2))
    }
    switch refusal {
    case .operations?: #expect(estimate1.fits)
    case .memory(_, images: 1, _)?: #expect(!estimate1.fits)
    default: Issue.record("\(String(describing: refusal))")
    }
    let training = try configuration.trainingMemory(images(size), batch: 512, threads: 64)
    #expect(!training.fits)
    let usual = try SmallTraining.network().trainingMemory(
      images(SmallTraining.size), batch: 32, threads: 2)
    #expect(usual.fits && usual.bytes > 100_000 && usual.bytes < 100 << 20)
  }

  private func images(_ size: ImageSize) -> ByteImages {
    ByteImages(size: size, pixels: [UInt8](repeating: 0, count: size.values))
  }

  @Test func aDistillationTakesWhatItsLargestStageDoes() throws {
    let model = try SmallTraining.trainer().snapshot()
    func bytes(_ stages: [DistillationStage], isGuided: Bool = false) throws -> Int {
      try model.distillationMemory(
        stages, isGuided: isGuided, images(model.imageSize), batch: 32, threads: 2
      ).bytes
    }
    let progressive = DistillationStage(steps: 2, .progressive(teacherSteps: 2))
    let matching = DistillationStage(steps: 2, .distributionMatching(criticSteps: 3))
    let training = try model.configuration.trainingMemory(
      images(model.imageSize), batch: 32, threads: 2)
    let fixed = MemoryEstimate.program + model.imageSize.values
    #expect(try 2 * (training.bytes - fixed) < bytes([progressive]))
    #expect(try bytes([progressive]) < bytes([progressive], isGuided: true))
    #expect(try bytes([progressive], isGuided: true) < bytes([matching]))
    #expect(try bytes([progressive, matching]) == bytes([matching]))
  }

  @Test func anEstimateIsReadable() {
    #expect(MemoryEstimate(bytes: 3_240_000_000).description == "about 3.2 GB of memory")
  }
}
