// What the critic of distribution matching learns from: the student's images in place of the data's.

internal import Autograd
internal import Kernels

/// The images that a student draws, with noise, for a network that is to estimate them.
struct CriticLane: Lesson {
  private let student: StudentLane
  private let grid: [Timestep]
  private let random: Philox
  private let x: FloatMemory

  /// - Parameters:
  ///   - student: the model as it is when the critic takes its step.
  ///   - grid: its timesteps, the noisiest first.
  ///   - seed: of the noise that the student begins with.
  init(_ student: DiffusionModel, _ grid: [Timestep], seed: UInt64) {
    self.student = StudentLane(student, grid)
    self.grid = grid
    random = Philox(seed: seed, stream: RandomStream.criticImages.rawValue)
    x = self.student.lane.memory()
  }

  /// x_0 is what the student estimates at one of its timesteps, the same for a shard: every estimate of the
  /// student's is one of the images that are to be matched.
  func teach(_ draws: ArraySlice<Draw>, _ examples: ExampleLane) {
    let lane = student.lane
    for (place, draw) in draws.enumerated() {
      random.fillNormal(lane.image(place, of: x), item: draw.noise.item, time: draw.noise.time)
    }
    let timesteps = draws.map { draw in
      let shard = Int(draw.noise.item) / ShardSize.usual
      return grid[(shard + Int(draw.noise.time)) % grid.count]
    }
    student.draw(x, to: timesteps, draws.compactMap(\.classRow))
    for (place, draw) in draws.enumerated() {
      examples.x0(place).copy(from: lane.image(place, of: student.x0))
      lane.model.schedule.noised(at: draw.timestep).apply(
        x0: examples.x0(place), noise: examples.noise(place), into: examples.xt(place))
    }
  }
}
