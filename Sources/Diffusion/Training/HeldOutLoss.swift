// The loss on images held out of the training, always with the same noise.

internal import Autograd
internal import Kernels
public import Ranks

/// L_simple on frozen triples of image, timestep and noise of a test split: the same ones at every
/// measurement, so that two numbers differ by the network and by nothing else.
public struct HeldOutLoss: Sendable {
  private let data: any ImageSource
  private let labels: [UInt8]?
  /// How many triples.
  package let count: Int
  private let bins: Int

  /// Noise of the triples, whatever the training's seed.
  private static let seed: UInt64 = 0

  /// - Parameters:
  ///   - data: the test split, images of the model's size.
  ///   - labels: the class of each of its images, for a conditional model.
  ///   - count: how many triples, at least one; their timesteps cover 1...T evenly.
  ///   - bins: in how many equal ranges of timesteps the loss is also reported.
  public init(
    on data: any ImageSource, labels: [UInt8]? = nil, count: Int, bins: Int = 10
  ) {
    precondition(count > 0 && bins > 0, "a loss of \(count) triples in \(bins) ranges")
    (self.data, self.labels, self.count, self.bins) = (data, labels, count, bins)
  }

  /// A measurement.
  public struct Measurement: Codable, Sendable {
    /// The mean over all triples.
    public let mean: Double
    /// The mean in each range of timesteps that a triple lies in, the least noisy first.
    public let byTimestep: [Double]
    /// These ranges.
    public let ranges: [ClosedRange<Timestep>]
  }

  /// Measures a model.
  ///
  /// - Parameters:
  ///   - model: of images of the data's size.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - ranks: the processes that share the images, of which each gets the whole result.
  public func callAsFunction(
    _ model: DiffusionModel, threads: Int, ranks: any Communicator = OneRank()
  ) -> Measurement {
    measure(
      model, SimpleLoss(), over: Array(model.schedule.timesteps), threads: threads, ranks: ranks)
  }

  /// Measures a model by another objective.
  ///
  /// - Parameters:
  ///   - timesteps: those that count, the least noisy first.
  ///   - lesson: makes what takes the place of the images for one thread.
  func measure(
    _ model: DiffusionModel, _ objective: any Objective, over timesteps: [Timestep], threads: Int,
    ranks: any Communicator = OneRank(), lesson: (() -> any Lesson)? = nil
  ) -> Measurement {
    let draws = draws(model, over: timesteps)
    // A shard of one image has the same loss wherever it is measured.
    let own = ranks.share(of: count)
    let lanes = makeLanes(for: own.count, of: 1, threads: threads) {
      TrainingLane(
        model.unet, model.parameters, for: .inference, objective, schedule: model.schedule,
        prediction: model.prediction, data: data, seed: HeldOutLoss.seed, stream: .evaluation,
        lesson: lesson?())
    }
    model.parameters.derive(Workers(count: threads))
    let ownLosses = forEachShard(own.count, of: 1, on: lanes) { place, lane in
      let triple = own.lowerBound + place.lowerBound
      return lane.loss(draws[triple...triple]) / Double(data.size.values)
    }
    let losses = ranks.gather(ownLosses, shareOf: count)
    let bins = min(bins, timesteps.count)
    let ranges = Dictionary(grouping: losses.indices) {
      place($0, of: timesteps.count) * bins / timesteps.count
    }
    let measured = ranges.keys.sorted()
    return Measurement(
      mean: mean(losses),
      byTimestep: measured.map { bin in mean((ranges[bin] ?? []).map { losses[$0] }) },
      ranges: measured.map { bin in
        // Place i is in the range ⌊i·bins/count⌋.
        let first = min((bin * timesteps.count + bins - 1) / bins, timesteps.count - 1)
        let next = ((bin + 1) * timesteps.count + bins - 1) / bins
        return timesteps[first]...timesteps[max(first, next - 1)]
      })
  }

  /// Which of the timesteps a triple has.
  private func place(_ triple: Int, of timesteps: Int) -> Int { triple * timesteps / count }

  private func draws(_ model: DiffusionModel, over timesteps: [Timestep]) -> [Draw] {
    let labels = model.configuration.labels(labels, images: data.count)
    let random = Philox(seed: HeldOutLoss.seed, stream: RandomStream.heldOut.rawValue)
    return (0..<count).map { triple in
      let word = random.block(item: UInt32(triple), time: 0, index: 0)[0]
      let image = Int(word.multipliedFullWidth(by: UInt32(data.count)).high)
      return Draw(
        image: image, classRow: labels.map { Int($0[image]) },
        timestep: timesteps[place(triple, of: timesteps.count)], noise: (UInt32(triple), 0))
    }
  }

  private func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
