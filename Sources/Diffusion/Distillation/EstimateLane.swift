// One thread's network as an estimator of images: x̂0 of a few noisy ones.

internal import Autograd
internal import Kernels

/// A model that estimates images, guided or not; one thread uses it at a time.
struct EstimateLane: Sendable {
  let model: DiffusionModel
  private let lane: NetworkLane<UNet.Graph>
  private let guidance: Double
  /// Numbers of an image.
  let values: Int

  /// - Parameters:
  ///   - model: whose estimates.
  ///   - guidance: w of its predictions, away from no class; 0 for none.
  init(_ model: DiffusionModel, _ guidance: Double = 0) {
    (self.model, self.guidance) = (model, guidance)
    values = model.imageSize.values
    lane = NetworkLane(
      model.unet, model.parameters, for: .inference, size: model.imageSize,
      capacity: (guidance == 0 ? 1 : 2) * ShardSize.usual)
  }

  /// Memory for the images of a shard.
  func memory() -> FloatMemory { FloatMemory(count: ShardSize.usual * values) }

  /// An image of such memory.
  func image(_ place: Int, of memory: FloatMemory) -> Floats {
    memory.all.slice(place * values, values)
  }

  /// x̂0 of each x_t.
  ///
  /// - Parameters:
  ///   - x: x_t, image after image.
  ///   - timesteps: t of each.
  ///   - rows: the row of the class embedding for each; none for an unconditional model.
  ///   - x0: to be set.
  func estimate(_ x: FloatMemory, at timesteps: [Timestep], _ rows: [Int], into x0: FloatMemory) {
    let floats = timesteps.count * values
    let runs = rows.isEmpty || guidance == 0 ? 1 : 2
    for run in 0..<runs { lane.xt.slice(run * floats, floats).copy(from: x.all.slice(0, floats)) }
    let none = model.configuration.nullClass.map { row in rows.map { _ in row } } ?? []
    lane.condition(
      on: Array(repeatElement(timesteps, count: runs).joined()),
      classes: runs == 1 ? rows : rows + none)
    lane.forward()
    let output = lane.output.slice(0, floats)
    if runs > 1 {
      combine(1 + guidance, output, -guidance, lane.output.slice(floats, floats), into: output)
    }
    for (place, t) in timesteps.enumerated() {
      model.prediction.estimateImage(
        at: t, in: model.schedule, xt: image(place, of: x),
        output: output.slice(place * values, values), into: image(place, of: x0), images: 1,
        model.clipping)
    }
  }

  /// One step of DDIM, of an image of `x` by its estimate in `x0`.
  func step(_ place: Int, of x: FloatMemory, by x0: FloatMemory, from t: Timestep, to s: Timestep) {
    let weights = DDIMSampler().weights(from: t, to: s, in: model.schedule)
    let xt = image(place, of: x)
    combine(weights.xtWeight, xt, weights.x0Weight, image(place, of: x0), into: xt)
  }
}
