// What `ddpm train` says before it begins.

import Diffusion

extension TrainSettings {
  private var processName: String {
    if let start { return "that of \(start.printable)" }
    return schedule.rawValue + (hasZeroSNR ? " to zero SNR" : "")
  }

  /// What will be done, one line per subject.
  func summary(
    _ trainer: Trainer, _ train: Dataset, _ test: Dataset, steps: Int, _ memory: MemoryEstimate
  ) -> [String] {
    let model = trainer.snapshot()
    let network = model.configuration
    let size = train.images.size
    let channels = network.channels.map(String.init).joined(separator: "-")
    let attended = network.downBlocks.indices.filter { network.downBlocks[$0] == .attention }
    let attention =
      attended.isEmpty
      ? "no attention" : "attention at level \(attended.map { "\($0 + 1)" }.joined(separator: ","))"
    let gigaflops = decimals(Double(model.operationsPerImage) / 1e9, 2)
    let schedule = model.schedule
    let alphaBar = scientific(schedule.alphaBar(schedule.last))
    let prior = scientific(schedule.priorBitsPerDimension(meanSquare: 1))
    let options = trainer.options
    var amount = counted(steps, "step")
    if case .minutes(let minutes) = session.budget {
      amount = "\(Duration.seconds(60 * minutes).brief), about \(amount)"
    }
    let warmup = counted(options.warmupSteps(of: steps), "step")
    let rate = "learning rate \(options.learningRate) after \(warmup)"
    return [
      "network   U-Net \(channels), \(counted(network.layersPerBlock, "residual block")) per level,"
        + " \(attention):"
        + " \(model.parameterCount) parameters, \(gigaflops) GFLOP per image",
      "data      \(train.name.printable): \(counted(train.images.count, "image")) to train on,"
        + " \(test.images.count) held out"
        + (data.note(heldOutBy: seed).map { " (\($0))" } ?? "") + ", \(size)"
        + (isFlipping ? ", half of them mirrored" : "")
        + (model.classCount.map { "; labels 0 to \($0 - 1)\(train.classNameList)" } ?? ""),
      "process   \(processName), \(schedule.last) timesteps: alphaBar_T \(alphaBar),"
        + " prior \(prior) bits/dim; the network predicts the \(model.prediction.rawValue)"
        + (model.learnsVariance ? " and the variance" : "")
        + "; \(self.schedule == .learned ? "VDM's bound, in bits/dim" : objective.title)",
      "training  \(amount) of \(counted(options.batch, "image")), \(options.optimizer.title), \(rate), gradients clipped at"
        + " \(options.clip)",
      "average   of the weights with a decay of \(decimals(options.decay(of: steps), 4)); a checkpoint"
        + " every \(counted(session.saveEvery ?? TrainingSession.usualSaveEvery, "step"))",
      "machine   \(Platform.instructionSet) kernels, \(counted(options.threads, "thread")), seed \(seed),"
        + " \(memory)",
      "folder    \(out.printable)",
    ]
  }
}

extension Dataset {
  /// More names than this would not fit a line.
  private static let listedNames = 26

  /// The names of the classes, to stand behind their numbers.
  fileprivate var classNameList: String {
    guard let classNames else { return "" }
    let listed = classNames.prefix(Dataset.listedNames).map(\.printable).joined(separator: ", ")
    return " (\(listed)\(classNames.count > Dataset.listedNames ? ", ..." : ""))"
  }
}
