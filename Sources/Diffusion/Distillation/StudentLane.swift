// One thread's student: its few steps from noise, with nothing of an image in them.

internal import Autograd
internal import Kernels

/// A student that draws images by its own steps of DDIM.
struct StudentLane: Sendable {
  let lane: EstimateLane
  private let grid: [Timestep]
  /// The student's estimates of the images, once it has drawn them.
  let x0: FloatMemory

  /// - Parameters:
  ///   - student: the model.
  ///   - grid: its timesteps, the noisiest first.
  init(_ student: DiffusionModel, _ grid: [Timestep]) {
    lane = EstimateLane(student)
    self.grid = grid
    x0 = lane.memory()
  }

  /// Makes x_t of x_T by the steps before t, and estimates the images there.
  ///
  /// - Parameters:
  ///   - x: x_T of each image, and then its x_t.
  ///   - timesteps: t of each, one of the grid's.
  ///   - rows: the row of the class embedding for each; none for an unconditional model.
  func draw(_ x: FloatMemory, to timesteps: [Timestep], _ rows: [Int]) {
    for (t, next) in zip(grid, grid.dropFirst()) {
      let places = timesteps.indices.filter { timesteps[$0] < t }
      if places.isEmpty { break }
      lane.estimate(x, at: timesteps.map { _ in t }, rows, into: x0)
      for place in places { lane.step(place, of: x, by: x0, from: t, to: next) }
    }
    lane.estimate(x, at: timesteps, rows, into: x0)
  }
}
