// The loss on images the training never sees, always on the same noise.

internal import Autograd
internal import Kernels

/// L_simple on frozen triples of image, timestep and noise of a test split: the same ones at every
/// measurement, so that two numbers differ by the network and by nothing else.
public final class HeldOutLoss: Sendable {
  private let parameters: Parameters
  private let data: ByteImages
  private let examples: [Example]
  private let shards: [Shard]
  private let bins: Int
  private let last: Int

  /// Noise of the triples, whatever the training's seed.
  private static let seed: UInt64 = 0

  /// Draws the triples.
  ///
  /// - Parameters:
  ///   - model: the network to measure; measured as it is at the time of each call.
  ///   - data: the test split, images of the model's size.
  ///   - labels: the class of each of its images, for a conditional model.
  ///   - count: how many triples; their timesteps cover 1...T evenly.
  ///   - bins: in how many equal ranges of timesteps the loss is also told.
  ///   - threads: how many cores work; the result is the same for any number.
  public init(
    _ model: DiffusionModel, data: ByteImages, labels: [UInt8]? = nil, count: Int, bins: Int = 10,
    threads: Int
  ) {
    let labels = model.configuration.labels(labels, images: data.count)
    parameters = model.parameters
    self.data = data
    self.bins = bins
    let last = model.schedule.last.value
    self.last = last
    let random = Philox(seed: HeldOutLoss.seed, stream: RandomStream.heldOut.rawValue)
    examples = (0..<count).map { i in
      let word = random.block(item: UInt32(i), time: 0, index: 0)[0]
      let image = Int(word.multipliedFullWidth(by: UInt32(data.count)).high)
      return Example(
        image: image, row: labels.map { Int($0[image]) },
        timestep: Timestep(index: i * last / count),
        item: UInt32(i), time: 0)
    }
    shards = (0..<max(1, min(threads, count))).map { _ in
      Shard(
        model.unet, model.parameters, for: .inference, size: data.size, schedule: model.schedule,
        prediction: model.prediction, seed: HeldOutLoss.seed, noise: .evaluation)
    }
  }

  /// A measurement.
  public struct Measurement: Sendable {
    /// The mean over all triples.
    public let mean: Double
    /// The mean in each range of timesteps, the least noisy first.
    public let byTimestep: [Double]
  }

  /// Measures the network.
  public func callAsFunction() -> Measurement {
    parameters.derive(Workers(count: shards.count))
    let losses = examples.map { _ in SharedValue(0.0) }
    let (shards, examples, data) = (shards, examples, data)
    Workers(count: shards.count).each(examples.count) { i, worker in
      losses[i].value = shards[worker].loss(examples[i...i], of: data)
    }
    let values = losses.map { $0.value / Double(data.size.values) }
    let ranges = Dictionary(grouping: values.indices) {
      examples[$0].timestep.index * bins / last
    }
    let byTimestep = (0..<bins).map { bin in mean((ranges[bin] ?? []).map { values[$0] }) }
    return Measurement(mean: mean(values), byTimestep: byTimestep)
  }

  private func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(1, values.count))
  }
}
