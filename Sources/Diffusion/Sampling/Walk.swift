// Some images on their way between noise and data: what a sampler's step works on.

package import Kernels
internal import Numerics

/// The images that one core draws at a time: x, the network's estimates, and their noise.
public struct Walk: Sendable {
  /// The network's estimate for x at a timestep.
  public struct Evaluation: Sendable {
    /// The timestep that x was at.
    public let timestep: Timestep
    /// x_t as it was then.
    public let x: Block
    /// The estimate of x0, guided and clipped.
    public let x0: Block
  }

  /// x_t, which a step makes x_s.
  public private(set) var x: Block
  /// The evaluations that the sampler remembers, the newest first: one more than its `memory`, fewer
  /// at the beginning, and none where `memory` is 0.
  public private(set) var evaluations: [Evaluation] = []

  /// The steps that are left, this one first, of as many as the upper bound says.
  public package(set) var steps = 0..<1

  /// How many steps before this one began at its timestep: more than none where a path goes back.
  package var round = 0

  /// The forward process.
  public let schedule: NoiseSchedule
  /// What the network outputs.
  public let prediction: Prediction

  /// The network's output for the variance of each value at its newest evaluation, of a network that
  /// learned it (Nichol and Dhariwal 2021, Eq. 15): -1 stands for betaTilde, 1 for beta.
  public private(set) var variance: Block?

  /// How often the network has been evaluated.
  package private(set) var evaluationCount = 0
  /// How often a network has run on each image: also for guidance.
  package private(set) var runCount = 0
  /// How many values were clipped.
  package private(set) var clippedCount = 0
  /// The newest estimate of x0.
  package private(set) var newest: Block

  private let source: any WalkSource
  private let clipping: Clipping
  private let noise: FloatMemory
  /// x and its estimate of each remembered evaluation; none where only the newest is wanted.
  private let remembered: [(x: FloatMemory, x0: FloatMemory)]
  /// The numbers of the images.
  package private(set) var images = 0..<0

  /// A walk that has not begun.
  ///
  /// - Parameters:
  ///   - clipping: what becomes of estimates of x0.
  ///   - memory: how many evaluations before the newest one are remembered.
  ///   - capacity: floats of the images that it has room for.
  package init(
    _ source: any WalkSource, _ schedule: NoiseSchedule, _ prediction: Prediction,
    _ clipping: Clipping, memory: Int, capacity: Int
  ) {
    (self.source, self.schedule, self.prediction) = (source, schedule, prediction)
    self.clipping = clipping
    noise = FloatMemory(count: capacity)
    remembered = (0..<(memory == 0 ? 0 : memory + 1)).map { _ in
      (FloatMemory(count: capacity), FloatMemory(count: capacity))
    }
    (x, newest) = (Block(noise.all.slice(0, 0)), Block(noise.all.slice(0, 0)))
  }

  /// Of each timestep of a path, how often the path has been there before.
  static func rounds(along path: [Timestep]) -> [Int] {
    var visits: [Timestep: Int] = [:]
    return path.map { t in
      defer { visits[t, default: 0] += 1 }
      return visits[t, default: 0]
    }
  }

  /// The same walk, at the beginning of other images.
  ///
  /// - Parameters:
  ///   - images: their numbers.
  ///   - x: where they are, and will be.
  package func beginning(_ images: Range<Int>, at x: Floats) -> Walk {
    var walk = self
    (walk.images, walk.x) = (images, Block(x))
    return walk
  }

  /// Estimates x0 from x by one evaluation of the network, guided and clipped as the options say
  /// (DDPM Eq. 15).
  ///
  /// - Parameters:
  ///   - t: the timestep of x, in 1...T.
  ///   - other: the timestep that the network is conditioned on, where that is another one.
  ///   - clipping: what becomes of values out of range; nil is as the options say.
  ///   - shift: what is added to the activations of the network's bottleneck, where the sampler says that
  ///     it shifts them; nil for nothing.
  /// - Returns: the estimate, valid until `memory` + 1 more evaluations.
  public mutating func estimate(
    at t: Timestep, conditionedOn other: Timestep? = nil, clipping: Clipping? = nil,
    shift: BottleneckShift? = nil
  ) -> Block {
    let output = source.output(x.floats, images, at: other ?? t, shift: shift)
    variance = output.variance.map { Block($0.slice(0, x.count)) }
    runCount += output.runs
    let place = remembered.isEmpty ? nil : evaluationCount % remembered.count
    let x0 = place.map { remembered[$0].x0.all.slice(0, x.count) } ?? output.prediction
    clippedCount += prediction.estimateImage(
      at: t, in: schedule, xt: x.floats, output: output.prediction, into: x0, images: images.count,
      clipping ?? self.clipping)
    newest = Block(x0)
    evaluationCount += 1
    guard let place else { return newest }
    let xt = remembered[place].x.all.slice(0, x.count)
    xt.copy(from: x.floats)
    if evaluations.count == remembered.count { evaluations.removeLast() }
    evaluations.insert(Evaluation(timestep: t, x: Block(xt), x0: newest), at: 0)
    return newest
  }

  /// The newest estimate of x0 from x at a timestep: of a sampler that evaluates the network elsewhere too,
  /// and remembers it, not the newest of all.
  func estimate(of t: Timestep) -> Block {
    evaluations.first { $0.timestep == t }?.x0 ?? newest
  }

  /// x + deviation·z, z being standard normal numbers that belong to each image and the timestep.
  ///
  /// - Parameters:
  ///   - deviation: of the noise; with 0 none is drawn.
  ///   - t: the timestep that the step starts from.
  public func addNoise(_ deviation: Double, at t: Timestep) {
    guard deviation > 0 else { return }
    x.set(1 * x + deviation * noise(at: t))
  }

  /// Standard normal numbers of each image for the step that starts at a timestep.
  ///
  /// - Parameters:
  ///   - t: the timestep that the step starts from.
  ///   - use: what they are for; those for another use are others.
  /// - Returns: as many as x has, valid until the next noise.
  package func noise(at t: Timestep, for use: NoisePlace.Use = .step) -> Block {
    let z = noise.all.slice(0, x.count)
    source.fillNoise(z, images, at: NoisePlace(t, round: round, use: use))
    return Block(z)
  }

  /// x + σz with the network's own σ of each value at its newest evaluation, and z as in `addNoise`:
  ///
  /// ```
  /// ln σ² = f ln β' + (1 - f) ln β̃'        f = (v + 1)/2
  /// ```
  /// - Parameters:
  ///   - t: where the step starts.
  ///   - s: where it leads.
  public func addLearnedNoise(from t: Timestep, to s: Timestep) {
    guard let variance else { preconditionFailure("the network did not learn the variance") }
    let z = noise(at: t).floats
    let logVariances = schedule.logVariances(from: t, to: s)
    LogVarianceRange(small: logVariances.small, large: logVariances.large)
      .addNoise(z, variance.floats, to: x.floats)
  }

  /// x_T of the images: no step draws noise for timestep 0, so that is its place in the stream.
  func fillStart() { source.fillNoise(x.floats, images, at: NoisePlace(.zero)) }
}
