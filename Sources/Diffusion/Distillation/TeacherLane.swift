// One thread's teacher: where its steps lead, as the image that one step of the student must find.

internal import Autograd
internal import Kernels

/// A teacher that takes DDIM's steps for a few noisy images, each from its own timestep.
struct TeacherLane: Lesson {
  private let lane: EstimateLane
  private let paths: [Timestep: [Timestep]]
  private let x: FloatMemory
  private let x0: FloatMemory

  /// - Parameters:
  ///   - model: the teacher.
  ///   - guidance: w of its estimates, away from no class; 0 for none.
  ///   - paths: where its steps lead from each timestep, all equally many.
  init(_ model: DiffusionModel, _ guidance: Double, paths: [Timestep: [Timestep]]) {
    lane = EstimateLane(model, guidance)
    self.paths = paths
    (x, x0) = (lane.memory(), lane.memory())
  }

  /// The student's one step from x_t to x_s is to end at the teacher's x_s (Algorithm 2):
  ///
  /// ```
  /// x̃0 = (x_s - σ_s/σ_t x_t) / (α_s - σ_s/σ_t α_t)        ε̃ = (x_t - α_t x̃0) / σ_t
  /// ```
  func teach(_ draws: ArraySlice<Draw>, _ examples: ExampleLane) {
    let ways = draws.map { draw in
      guard let way = paths[draw.timestep] else {
        preconditionFailure("no path from timestep \(draw.timestep): they are \(paths.keys)")
      }
      return way
    }
    let rows = draws.compactMap(\.classRow)
    for place in ways.indices { lane.image(place, of: x).copy(from: examples.xt(place)) }
    for step in 0..<(ways.first?.count ?? 1) - 1 {
      lane.estimate(x, at: ways.map { $0[step] }, rows, into: x0)
      for (place, way) in ways.enumerated() {
        lane.step(place, of: x, by: x0, from: way[step], to: way[step + 1])
      }
    }
    let schedule = lane.model.schedule
    for (place, way) in ways.enumerated() {
      let (from, to) = (schedule.noised(at: way[0]), schedule.noised(at: way[way.count - 1]))
      let ratio = to.noiseWeight / from.noiseWeight
      let scale = 1 / (to.x0Weight - ratio * from.x0Weight)
      combine(
        scale, lane.image(place, of: x), -ratio * scale, examples.xt(place),
        into: examples.x0(place))
      examples.setNoise(place, of: from)
    }
  }
}
