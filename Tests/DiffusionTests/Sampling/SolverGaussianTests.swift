// Solvers on Gaussian data, where the estimate of x0 is known, and so is where every solver ends.

import Diffusion
import Foundation
import TestSupport
import Testing

/// Final values from x = 1, in double precision (NumPy).
private struct Reference: Decodable {
  struct Table: Decodable {
    let exact: Double
    let grids: [Row]
    let between: Between

    enum CodingKeys: String, CodingKey {
      case grids, between
      case exact = "exact_x0"
    }
  }
  struct Between: Decodable {
    let from, to: Int
    let exact: Double
    let rows: [Row]
  }
  /// The key `S` is a grid's, `steps` that of a path between two timesteps.
  struct Row: Decodable {
    let count: Int?
    let steps: Int?
    let ddim, dpm2m, exact3m, heun, unipc: Double

    enum CodingKeys: String, CodingKey {
      case ddim, dpm2m, heun, steps
      case count = "S"
      case exact3m = "dpm3m_exact"
      case unipc = "unipc2"
    }
  }
  let table: Table
  enum CodingKeys: String, CodingKey { case table = "f64_table" }
}

/// x along a path for data N(0, 1/4), by the weights that the samplers publish.
private struct GaussianWalk {
  let schedule: NoiseSchedule
  let path: [Timestep]
  /// Whether the last but one step is of lower order, as in few steps down to data.
  let endsAtData: Bool

  private func estimate(_ x: Double, _ t: Timestep) -> Double {
    let alphaBar = schedule.alphaBar(t)
    return alphaBar.squareRoot() * 0.25 / (0.25 * alphaBar + 1 - alphaBar) * x
  }

  private func noise(_ x: Double, _ t: Timestep) -> Double {
    let noised = schedule.noised(at: t)
    return (x - noised.x0Weight * estimate(x, t)) / noised.noiseWeight
  }

  func multistep(_ order: DPMSolverMultistep.Order, isCorrected: Bool = false) -> Double {
    let solver = DPMSolverMultistep(order: order)
    var (x, found): (Double, [(t: Timestep, x0: Double)]) = (1, [])
    for (place, (t, s)) in zip(path, path.dropFirst()).enumerated() {
      let x0 = estimate(x, t)
      if isCorrected, !found.isEmpty {
        let before = found.prefix(2)
        let weights = UniPCSampler().correction(at: t, after: before.map(\.t), in: schedule)
        x += weights.x0 * x0 + zip(weights.before, before).reduce(0) { $0 + $1.0 * $1.1.x0 }
      }
      let isLate = endsAtData && place == path.count - 3 && path.count <= 15
      let before = found.prefix(isLate ? min(1, solver.memory) : solver.memory)
      let weights = solver.weights(from: t, to: s, after: before.map(\.t), in: schedule)
      x =
        weights.xt * x + weights.x0 * x0
        + zip(weights.before, before).reduce(0) { $0 + $1.0 * $1.1.x0 }
      found.insert((t, x0), at: 0)
    }
    return x
  }

  var heun: Double {
    zip(path, path.dropFirst()).reduce(1) { x, step in
      let (t, s) = step
      let ddim = DDIMSampler().weights(from: t, to: s, in: schedule)
      let guess = ddim.xtWeight * x + ddim.x0Weight * estimate(x, t)
      guard s > .zero else { return guess }
      let weight = HeunSampler().correction(from: t, to: s, in: schedule)
      return guess + weight * (noise(guess, s) - noise(x, t))
    }
  }

  var all: [(name: String, value: Double)] {
    [
      ("DDIM", multistep(.first)), ("2M", multistep(.second)), ("3M", multistep(.third)),
      ("Heun", heun), ("UniPC", multistep(.second, isCorrected: true)),
    ]
  }
}

extension Reference.Row {
  fileprivate var all: [Double] { [ddim, dpm2m, exact3m, heun, unipc] }
}

@Suite(.needsFixtures) struct SolverGaussianTests {
  private static func reference() throws -> Reference.Table {
    try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: Fixtures.url("solvers/gaussian.json"))
    ).table
  }

  @Test func everySolverEndsWhereTheReferenceEnds() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 1000)
    for row in try Self.reference().grids {
      let path = try StepSpacing.trailing.timesteps(#require(row.count), of: schedule) + [.zero]
      let walk = GaussianWalk(schedule: schedule, path: path, endsAtData: true)
      for ((name, value), expected) in zip(walk.all, row.all) {
        #expect(abs(value / expected - 1) <= 1e-9, "\(name), \(path.count - 1) steps")
      }
    }
  }

  /// Without the last step to data, which is of first order and outweighs the others.
  @Test func theErrorFallsWithTheSolversOrder() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 1000)
    let between = try Self.reference().between
    var errors: [[Double]] = []
    for row in between.rows {
      let steps = try #require(row.steps)
      let stride = (between.from - between.to) / steps
      let path = (0...steps).map { Timestep(index: between.from - $0 * stride) }
      let walk = GaussianWalk(schedule: schedule, path: path, endsAtData: false)
      for ((name, value), expected) in zip(walk.all, row.all) {
        #expect(abs(value / expected - 1) <= 1e-9, "\(name), \(steps) steps")
      }
      errors.append(walk.all.map { abs($0.value - between.exact) })
    }
    // From five steps to forty. Beyond, the first step, which is DDIM's, is all of a solver's error.
    let slopes = zip(errors[0], errors[errors.count - 1]).map { log2($0 / $1) / 3 }
    let orders = [1.0, 2, 3, 2, 2]
    for (slope, order) in zip(slopes, orders) {
      #expect(slope > order - 0.05, "\(slopes)")
    }
  }
}
