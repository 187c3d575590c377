// The memory that a distillation takes, known before it is taken.

internal import Autograd

extension DiffusionModel {
  /// What teaching a student takes, in the stage that takes most.
  ///
  /// - Parameters:
  ///   - stages: of the distillation.
  ///   - isGuided: whether the teacher's estimates are, which asks it twice.
  ///   - batch: images per step.
  ///   - threads: how many cores work.
  /// - Throws: `ConfigurationError` where the shape makes no network.
  package func distillationMemory(
    _ stages: [DistillationStage], isGuided: Bool, batch: Int, threads: Int
  ) throws(ConfigurationError) -> MemoryEstimate {
    let training = try configuration.trainingMemory(size: imageSize, batch: batch, threads: threads)
    let lanes = configuration.trainingLanes(batch: batch, threads: threads)
    func estimates(_ times: Int) -> Int {
      let capacity = times * ShardSize.usual
      return lanes * unet.bytes(size: imageSize, for: .inference, capacity: capacity)
    }
    let teacher = estimates(isGuided ? 2 : 1)
    let most = stages.map { stage in
      switch stage.method {
      case .progressive: training.bytes + teacher
      // The critic is trained too; it is shown the student's images, and asked about them.
      case .distributionMatching: 2 * training.bytes + teacher + 3 * estimates(1)
      }
    }
    return MemoryEstimate(bytes: most.max() ?? training.bytes)
  }
}
