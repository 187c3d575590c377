// Noisy images and the network's outputs for them: q(x_t | x_0) for examples of a data set.

internal import Autograd
internal import Kernels
internal import Numerics

/// One draw of training or measuring: which image, at which timestep, with which noise.
struct Draw: Sendable {
  /// The image's number in the data.
  let image: Int
  /// The row of the class embedding that the network is conditioned on; nil for an unconditional one.
  let classRow: Int?
  let timestep: Timestep
  /// The timestep counted from 0, as the network takes it: between two of them where time is continuous.
  let index: Double
  /// The noise's place in its stream.
  let noise: (item: UInt32, time: UInt32)
  /// What its loss counts, where some timesteps are drawn more often than others.
  let weight: Double
  /// Whether the image is mirrored left to right.
  let isMirrored: Bool

  init(
    image: Int, classRow: Int?, timestep: Timestep, index: Double? = nil,
    noise: (item: UInt32, time: UInt32), weight: Double = 1, isMirrored: Bool = false
  ) {
    (self.image, self.classRow, self.timestep) = (image, classRow, timestep)
    self.index = index ?? Double(timestep.index)
    (self.noise, self.weight, self.isMirrored) = (noise, weight, isMirrored)
  }
}

/// A thread's network with memory for the images and the noise that x_t is made of.
struct ExampleLane: Sendable {
  let lane: NetworkLane<UNet.Graph>
  private let schedule: NoiseSchedule
  private let data: any ImageSource
  private let random: Philox
  private let memory: (x0: FloatMemory, noise: FloatMemory)
  /// All of the network's input and output, also while the tape runs for a few of the images.
  private let network: (xt: Floats, output: Floats)
  private let values: Int

  /// - Parameters:
  ///   - seed: of the noise and of the dropout masks.
  ///   - stream: of the noise.
  ///   - opensBottleneck: whether the bottleneck's activations can be read and shifted.
  init(
    _ unet: UNet, _ parameters: Parameters, for purpose: Tape.Purpose, schedule: NoiseSchedule,
    data: any ImageSource, seed: UInt64, stream: RandomStream, capacity: Int = ShardSize.usual,
    opensBottleneck: Bool = false
  ) {
    lane = NetworkLane(
      unet, parameters, for: purpose, size: data.size, capacity: capacity, seed: seed,
      opensBottleneck: opensBottleneck)
    (self.schedule, self.data, values) = (schedule, data, data.size.values)
    random = Philox(seed: seed, stream: stream.rawValue)
    memory = (FloatMemory(count: capacity * values), FloatMemory(count: capacity * values))
    network = (lane.xt, lane.output)
  }

  /// x_0 of a drawn image.
  func x0(_ place: Int) -> Floats { part(memory.x0.all, place) }
  /// ε of a drawn image.
  func noise(_ place: Int) -> Floats { part(memory.noise.all, place) }
  /// x_t of a drawn image.
  func xt(_ place: Int) -> Floats { part(network.xt, place) }
  /// The network's output for a drawn image.
  func output(_ place: Int) -> Floats { part(network.output, place) }

  /// The network's output for the variances of a drawn image, where it learned them.
  func variance(_ place: Int) -> Floats? { lane.variance.map { part($0, place) } }

  private func part(_ floats: Floats, _ place: Int) -> Floats {
    floats.slice(place * values, values)
  }

  /// Makes ε what is left of x_t without its x_0: ε = (x_t - α_t x_0) / σ_t.
  ///
  /// - Parameter mix: α_t and σ_t.
  func setNoise(_ place: Int, of mix: Mix) {
    combine(
      1 / mix.noiseWeight, xt(place), -mix.x0Weight / mix.noiseWeight, x0(place),
      into: noise(place))
  }

  /// Makes x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε of each draw (DDPM Eq. 4) and conditions the network.
  ///
  /// - Parameter process: whose timesteps the draws have; nil is the lane's.
  func prepare(_ draws: ArraySlice<Draw>, in process: NoiseSchedule? = nil) {
    let schedule = process ?? schedule
    for (place, draw) in draws.enumerated() {
      data.decode(draw.image, into: Block(x0(place)))
      if draw.isMirrored {
        Pixels.mirror(x0(place), width: data.size.width, channels: data.size.channels)
      }
      random.fillNormal(noise(place), item: draw.noise.item, time: draw.noise.time)
      schedule.noised(at: draw.timestep).apply(x0: x0(place), noise: noise(place), into: xt(place))
    }
    lane.condition(onIndices: draws.map(\.index), classes: draws.compactMap(\.classRow))
  }
}
