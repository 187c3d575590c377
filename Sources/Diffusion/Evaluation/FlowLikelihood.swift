// The exact likelihood of unseen images along the probability-flow ODE (Song et al. 2021, Section 4.3).

internal import Autograd
import Foundation
internal import Kernels
import Synchronization

/// The bits per dimension of images with uniform noise in place of the levels of 8 bits. They belong beside
/// those of flows that dequantise the same way; the bound's bits, of a discretized decoder, are another
/// number.
public struct FlowLikelihood: Codable, Equatable, Sendable {
  /// How many images were measured.
  public let images: Int
  /// How many timesteps were visited.
  public let steps: Int
  /// -log2 p per dimension of the levels of grey, on average at most so many.
  public let bits: SampleMean
  /// How far `bits` may be off for want of steps: a third of the difference to half as many; nil where
  /// there are no fewer.
  public let stepError: Double?
}

extension DiffusionModel {
  /// Measures the likelihood of images by following them to noise.
  ///
  /// The divergence is Hutchinson's estimate zᵀ(∂v/∂x)z with one z of ±1 per image (Skilling 1989), which is
  /// right on average, by a backward pass of the network with respect to its input.
  ///
  /// - Parameters:
  ///   - data: images of the model's size.
  ///   - labels: the class of each image, which a conditional model is conditioned on.
  ///   - count: how many of them to measure, drawn at random, each once; at most all.
  ///   - steps: how many timesteps are visited, at least the two ends.
  ///   - seed: of the dequantisation and of z.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Throws: `SamplingError` where the process has not so many timesteps.
  public func flowLikelihood(
    of data: ByteImages, labels: [UInt8]? = nil, count: Int, steps: Int = 100, seed: UInt64,
    threads: Int, progress: (@Sendable (Double) -> Void)? = nil
  ) throws(SamplingError) -> FlowLikelihood {
    precondition(data.size == imageSize, "images of \(data.size) for a model of \(imageSize)")
    let labels = configuration.labels(labels, images: data.count)
    let count = min(count, data.count)
    precondition(count > 0, "a likelihood of no images")
    let flows = [
      try ProbabilityFlow(steps: steps, in: schedule),
      try ProbabilityFlow(steps: max(1, steps / 2), in: schedule),
    ]
    let parameters = trainableCopy(threads: threads)
    let lanes = makeLanes(for: count, of: ShardSize.usual, threads: threads) {
      FlowLane(self, parameters, seed: seed)
    }
    let places = data.drawnPlaces(count)
    let images = Images(data.picked(places))
    let values = imageSize.values
    let total = Double(count * flows.map(\.path.count).reduce(0, +))
    let finished = Atomic(0)
    let nats = forEachShard(count, of: ShardSize.usual, on: lanes) { range, lane in
      var lane = lane
      lane.begin(
        places[range].map(UInt32.init),
        classes: labels.map { l in places[range].map { Int(l[$0]) } })
      let pixels = Array(images.values[range.lowerBound * values..<range.upperBound * values])
      return flows.map { flow in
        let x = FloatMemory(lane.dequantised(pixels))
        let nats = flow.nats(x.all, count: range.count, lane)
        let done = finished.add(flow.path.count * range.count, ordering: .relaxed).newValue
        progress?(Double(done) / total)
        return nats
      }
    }
    func bits(_ flow: Int) -> [Double] {
      nats.flatMap { $0[flow] }.map { $0 / Double(values) / M_LN2 - log2(ByteImages.level) }
    }
    let (fine, coarse) = (SampleMean(bits(0)), SampleMean(bits(1)))
    return FlowLikelihood(
      images: count, steps: flows[0].path.count, bits: fine,
      stepError: flows[0].path == flows[1].path ? nil : abs(fine.mean - coarse.mean) / 3)
  }

  /// How many times the network runs for each image of `flowLikelihood`, a backward pass counting as two.
  package func evaluationsPerFlowLikelihood(steps: Int) -> Int {
    3 * (max(2, steps) + max(2, steps / 2))
  }
}

/// One thread's network as a velocity with its divergence.
struct FlowLane: FlowField {
  private let model: DiffusionModel
  private let lane: NetworkLane<UNet.Graph>
  /// z of the images at hand.
  let probe: FloatMemory
  private let random: Philox
  private let channels: Int
  private var items: [UInt32] = []
  private var classes: [Int]?

  init(_ model: DiffusionModel, _ parameters: Parameters, seed: UInt64) {
    self.model = model
    lane = NetworkLane(
      model.unet.withoutDropout, parameters, for: .training, size: model.imageSize,
      capacity: ShardSize.usual,
      isDifferentiable: true)
    channels = model.configuration.outChannels
    probe = FloatMemory(count: ShardSize.usual * model.imageSize.values)
    random = Philox(seed: seed, stream: RandomStream.evaluation.rawValue)
  }

  /// Takes other images, and draws a z of ±1 for each.
  mutating func begin(_ items: [UInt32], classes: [Int]?) {
    (self.items, self.classes) = (items, classes)
    let values = model.imageSize.values
    for (place, item) in items.enumerated() {
      let part = probe.all.slice(place * values, values)
      random.fillNormal(part, item: item, time: 1)
      for i in 0..<values { part[i] = part[i] < 0 ? -1 : 1 }
    }
  }

  /// The images with uniform noise as wide as a level of grey.
  func dequantised(_ pixels: [Float]) -> [Float] {
    let values = model.imageSize.values
    let noise = FloatMemory(count: values)
    return withExtendedLifetime(noise) {
      items.enumerated().flatMap { place, item in
        random.fillUniform(noise.all, bound: Float(ByteImages.level / 2), item: item)
        return (0..<values).map { pixels[place * values + $0] + noise.all[$0] }
      }
    }
  }

  func evaluate(_ x: Floats, at t: Timestep, velocity: Floats) -> [Double] {
    let (count, values) = (items.count, model.imageSize.values)
    lane.condition(on: Array(repeating: t, count: count), classes: classes ?? [])
    lane.xt.copy(from: x)
    let estimate = model.prediction.estimate(of: .velocity, at: t, in: model.schedule)
    let (output, slope) = (lane.rawOutput, lane.tape.gradient(lane.graph.output))
    lane.tape.train { images in
      lane.separate(output, images)
      // The gradient of zᵀ·output with respect to the input is zᵀ(∂output/∂x).
      let part = images.lowerBound * values..<images.upperBound * values
      if channels == model.imageSize.channels {
        slope.slice(part.lowerBound, part.count).copy(
          from: probe.all.slice(part.lowerBound, part.count))
      } else {
        let none = FloatMemory(count: ShardSize.usual * values)
        lane.join(probe.all, none.all, images, into: slope)
      }
    }
    let gradient = lane.tape.gradient(lane.graph.x)
    return (0..<count).map { image in
      let (start, z) = (image * values, probe.all.slice(image * values, values))
      combine(
        estimate.xtWeight, x.slice(start, values), estimate.outputWeight,
        lane.output.slice(start, values), into: velocity.slice(start, values))
      let trace = dotProduct(gradient.slice(start, values), z)
      return estimate.xtWeight * Double(values) + estimate.outputWeight * trace
    }
  }
}
