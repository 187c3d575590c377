// One thread's teacher: where its steps lead, as the image that one step of the student must find.

internal import Autograd
internal import Kernels

/// A teacher that takes DDIM's steps for a few noisy images, each from its own timestep.
struct TeacherLane: Lesson {
  private let model: DiffusionModel
  private let lane: NetworkLane<UNet.Graph>
  private let guidance: Guidance?
  private let paths: [Timestep: [Timestep]]
  private let x: FloatMemory
  private let values: Int

  /// - Parameters:
  ///   - model: the teacher.
  ///   - guidance: of its estimates, away from no class; nil for none.
  ///   - paths: where its steps lead from each timestep, all equally many.
  init(_ model: DiffusionModel, _ guidance: Guidance?, paths: [Timestep: [Timestep]]) {
    (self.model, self.guidance, self.paths) = (model, guidance, paths)
    values = model.imageSize.values
    let runs = guidance == nil ? 1 : 2
    lane = NetworkLane(
      model.unet, model.parameters, for: .inference, size: model.imageSize,
      capacity: runs * ShardSize.usual)
    x = FloatMemory(count: ShardSize.usual * values)
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
    for place in ways.indices { part(place).copy(from: examples.xt(place)) }
    for step in 0..<(ways.first?.count ?? 1) - 1 {
      take(ways.map { ($0[step], $0[step + 1]) }, draws.compactMap(\.classRow))
    }
    for (place, way) in ways.enumerated() {
      let (t, s) = (way[0], way[way.count - 1])
      let (from, to) = (model.schedule.noised(at: t), model.schedule.noised(at: s))
      let ratio = to.noiseWeight / from.noiseWeight
      let scale = 1 / (to.x0Weight - ratio * from.x0Weight)
      let (xt, x0) = (examples.xt(place), examples.x0(place))
      combine(scale, part(place), -ratio * scale, xt, into: x0)
      combine(
        1 / from.noiseWeight, xt, -from.x0Weight / from.noiseWeight, x0,
        into: examples.noise(place))
    }
  }

  private func part(_ place: Int) -> Floats { x.all.slice(place * values, values) }

  /// One step of DDIM for each image.
  private func take(_ steps: [(t: Timestep, s: Timestep)], _ rows: [Int]) {
    let floats = steps.count * values
    let guided = rows.isEmpty ? nil : guidance
    let runs = guided == nil ? 1 : 2
    for run in 0..<runs { lane.xt.slice(run * floats, floats).copy(from: x.all.slice(0, floats)) }
    let none = model.configuration.nullClass.map { row in rows.map { _ in row } } ?? []
    lane.condition(
      on: Array(repeatElement(steps.map(\.t), count: runs).joined()),
      classes: runs == 1 ? rows : rows + none)
    lane.forward()
    let output = lane.output.slice(0, floats)
    if let guided {
      combine(
        1 + guided.weight, output, -guided.weight, lane.output.slice(floats, floats), into: output)
    }
    for (place, (t, s)) in steps.enumerated() {
      let (xt, x0) = (part(place), output.slice(place * values, values))
      model.prediction.estimateImage(
        at: t, in: model.schedule, xt: xt, output: x0, into: x0, images: 1, model.clipping)
      let weights = DDIMSampler().weights(from: t, to: s, in: model.schedule)
      combine(weights.xtWeight, xt, weights.x0Weight, x0, into: xt)
    }
  }
}
