// A step of training: Algorithm 1 of Ho et al. 2020, on a batch, on all cores.

internal import Autograd
internal import Kernels

extension Trainer {
  /// Takes one step of Algorithm 1:
  ///
  /// ```
  /// x_0 ~ q(x_0),  t ~ Uniform(1...T),  ε ~ N(0, I)
  /// take a gradient step on ∇_θ ‖ε - ε_θ(√ᾱ_t x_0 + √(1 - ᾱ_t) ε, t)‖²
  /// ```
  /// on a batch, for this trainer's objective, with its optimizer, and moves the weights' average.
  ///
  /// - Parameters:
  ///   - learningRate: the optimizer's step size.
  ///   - emaDecay: how much of the weights' average stays; 0 copies the weights.
  /// - Throws: `TrainingError.diverged`, before the weights are changed.
  public func step(learningRate: Double, emaDecay: Double) throws(TrainingError) -> Step {
    let draws = draws(completed)
    let (loss, norm) = gradients(draws)
    guard loss.isFinite && norm.isFinite else {
      throw .diverged(
        step: completed + 1, learningRate: options.learningRate,
        anomaly: options.detectsAnomalies ? firstAnomaly(draws) : nil)
    }
    optimization.step(
      completed + 1, norm: norm, learningRate: learningRate, emaDecay: emaDecay)
    completed += 1
    record(draws, rate: learningRate / options.learningRate)
    return Step(number: completed, loss: loss, gradientNorm: norm, learningRate: learningRate)
  }

  /// Takes one step, with the learning rate and the average of the trainer's options.
  ///
  /// - Parameter total: how many steps the training will have, which both follow.
  /// - Throws: `TrainingError.diverged`, before the weights are changed.
  public func step(of total: Int) throws(TrainingError) -> Step {
    let rate = LearningRate(
      peak: options.learningRate, warmup: options.warmupSteps(of: total), total: total)
    let ema = EMA(maximumDecay: options.decay(of: total))
    return try step(learningRate: rate(completed), emaDecay: ema.decay(completed + 1))
  }

  /// x_0 ~ q(x_0), t ~ Uniform(1...T) and where ε lies in its stream, for each example of a batch;
  /// and which are conditioned on the null class.
  func draws(_ step: Int) -> [Draw] {
    let times = continuous?.times(
      options.batch, chance: chance(random.block(item: 0, time: UInt32(step), index: 0)[0]))
    let important = history?.probabilities.map(ImportanceDraw.init)
    return order.indices(step: step, batch: options.batch).enumerated().map { item, image in
      let words = random.block(item: UInt32(item), time: UInt32(step), index: 0)
      let chances = (timestep: chance(words[0]), row: chance(words[1]))
      let isMirrored = options.mirrorsImages && words[2] < 1 << 31
      if let time = times?[item] {
        return Draw(
          image: image, classRow: classRow(image, chances.row), timestep: Timestep(index: item),
          index: time.index, noise: (UInt32(item), UInt32(step)), weight: time.slope,
          isMirrored: isMirrored)
      }
      let drawn = important?((Double(item) + chances.timestep) / Double(options.batch))
      return Draw(
        image: image, classRow: classRow(image, chances.row),
        timestep: drawn?.timestep
          ?? objective.timestep(
            item, of: options.batch, chance: chances.timestep, in: schedule),
        noise: (UInt32(item), UInt32(step)), weight: drawn?.weight ?? 1,
        isMirrored: isMirrored)
    }
  }

  /// A number in 0 ..< 1.
  private func chance(_ word: UInt32) -> Double { Double(word) / 0x1p32 }

  /// Keeps the losses of a batch where timesteps are drawn by them, or the schedule follows them.
  private func record(_ draws: [Draw], rate: Double) {
    guard let losses else { return }
    for (item, draw) in draws.enumerated() { history?.record(losses.all[item], at: draw.timestep) }
    continuous?.follow(losses.all.array.prefix(draws.count), of: draws, rate: rate)
  }

  /// The row of the class embedding for an image, given a number uniform in 0 ..< 1.
  private func classRow(_ image: Int, _ chance: Double) -> Int? {
    guard let labels else { return nil }
    let isDropped = chance < options.classDropout
    return (isDropped ? configuration.nullClass : nil) ?? Int(labels[image])
  }

  /// The mean of the objective over a batch, with its gradient summed in `optimization`.
  private func gradients(_ draws: [Draw]) -> (loss: Double, norm: Double) {
    let values = draws.count * data.size.values
    let (step, lanes, losses) = (completed, lanes, losses)
    let process = continuous?.schedule(of: draws)
    let (sum, norm) = optimization.accumulate(draws.count) { examples, lane, gradients in
      lanes[lane].train(
        draws[examples], in: process, step: step, scale: 1 / Float(values), addedTo: gradients,
        losses: losses?.all)
    }
    if let losses { share(losses.all, of: draws.count) }
    return (sum / Double(values), norm)
  }

  /// The first tensor that is not finite in a batch's network, or else in its gradients.
  private func firstAnomaly(_ draws: [Draw]) -> String? {
    let process = continuous?.schedule(of: draws)
    for first in stride(from: 0, to: draws.count, by: ShardSize.usual) {
      let shard = draws[first..<min(draws.count, first + ShardSize.usual)]
      if let found = lanes[0].firstAnomaly(shard, in: process, step: completed) { return found }
    }
    return optimization.firstAnomaly
  }

  /// Gathers the losses of a batch's examples from the ranks that computed them.
  private func share(_ losses: Floats, of batch: Int) {
    let ranks = options.ranks
    guard ranks.count > 1 else { return }
    let shards = (batch + ShardSize.usual - 1) / ShardSize.usual
    let examples = (0..<ranks.count).map { rank in
      let share = ranks.share(of: shards, rank: rank)
      return min(
        batch, share.lowerBound * ShardSize.usual)..<min(batch, share.upperBound * ShardSize.usual)
    }
    let own = examples[ranks.rank]
    let all = ranks.gather(
      losses.slice(own.lowerBound, own.count).array, counts: examples.map(\.count))
    losses.slice(0, batch).copy(from: all)
  }

  /// Takes the warm-up and the average's decay from a training of so many steps, for one whose
  /// length is an estimate that will change.
  package func settle(for steps: Int) {
    options.warmup = options.warmupSteps(of: steps)
    options.averageDecay = options.decay(of: steps)
  }

  /// Does the next step's work and changes nothing, to see how long it takes.
  package func rehearse() { _ = gradients(draws(completed)) }
}
