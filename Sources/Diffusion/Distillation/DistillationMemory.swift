// The memory that a distillation takes, known before it is taken.

internal import Autograd

extension DiffusionModel {
  /// What teaching a student takes, in the stage that takes most.
  ///
  /// - Parameters:
  ///   - stages: of the distillation.
  ///   - isGuided: whether the teacher's estimates are, which asks it twice.
  ///   - images: that it learns from.
  ///   - batch: images per step.
  ///   - threads: how many cores work.
  /// - Throws: `ConfigurationError` where the shape makes no network.
  package func distillationMemory(
    _ stages: [DistillationStage], isGuided: Bool, _ images: ByteImages, batch: Int, threads: Int
  ) throws(ConfigurationError) -> MemoryEstimate {
    let fixed = MemoryEstimate.program + images.pixels.count
    let training =
      try configuration.trainingMemory(images, batch: batch, threads: threads).bytes - fixed
    let lanes = configuration.trainingLanes(batch: batch, threads: threads)
    func estimates(_ times: Int) -> Int {
      let capacity = times * ShardSize.usual
      return lanes * unet.bytes(size: imageSize, for: .inference, capacity: capacity)
    }
    let teacher = estimates(isGuided ? 2 : 1)
    let most = stages.map { stage in
      switch stage.method {
      // Between two stages both are there.
      case .progressive: 2 * training + teacher
      // The critic is trained too; it is shown the student's images, and asked about them.
      case .distributionMatching: 3 * training + teacher + 3 * estimates(1)
      }
    }
    return MemoryEstimate(bytes: fixed + (most.max() ?? 0))
  }
}
