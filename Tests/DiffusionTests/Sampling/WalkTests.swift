// A walk: what a step makes of x, the network's output and noise, in floats.

import Diffusion
import Kernels
import Testing

/// Numbers in -2...2 without a pattern.
private func numbers(_ count: Int, _ frequency: Double) -> [Float] {
  (0..<count).map { Float(2 * (Double($0 * $0 + 1) * frequency).remainder(dividingBy: 2)) }
}

@Test(arguments: [Clipping.none, .toRange(1), .toRange(0.5)], Prediction.allCases)
func aStepIsItsFormula(clipping: Clipping, prediction: Prediction) throws {
  let schedule = try NoiseSchedule(.cosine, timesteps: 100)
  let (t, s) = (Timestep(60), Timestep(40))
  let sampler = DDIMSampler(eta: .value(0.7))
  let weights = sampler.weights(from: t, to: s, in: schedule)
  let estimate = prediction.estimate(of: .sample, at: t, in: schedule)
  let (xt, out, z) = (numbers(49, 0.137), numbers(49, 0.731), numbers(49, 0.377))
  let walked = sampler.trajectory(
    from: xt, along: [(t, s)], StoredOutputs([out], noise: [z]), schedule, prediction, clipping)
  var outside = 0
  // Single precision of numbers as large as the mean's weight, about 30.
  let tolerance = 1e-6 * (1 + abs(estimate.outputWeight))
  for i in 0..<49 {
    var x0 = estimate.xtWeight * Double(xt[i]) + estimate.outputWeight * Double(out[i])
    if case .toRange(let bound) = clipping {
      if abs(x0) > bound { outside += 1 }
      x0 = min(max(x0, -bound), bound)
    }
    #expect(abs(Double(walked.x0[0][i]) - x0) < tolerance)
    let expected =
      weights.xtWeight * Double(xt[i]) + weights.x0Weight * x0 + weights.sigma * Double(z[i])
    #expect(abs(Double(walked.x[0][i]) - expected) < tolerance)
  }
  #expect(walked.clipped == outside)
  #expect((outside > 0) == (clipping != .none))
}

/// There is no noise to read.
@Test func deterministicStepsReadNoNoise() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 100)
  let walked = DDIMSampler().trajectory(
    from: numbers(7, 0.137), along: [(Timestep(60), Timestep(40))],
    StoredOutputs([numbers(7, 0.731)]), schedule, .noise)
  #expect(walked.x[0].allSatisfy { $0.isFinite })
}

/// The same through the floats: clipped pixels do not make DDIM at eta 1 differ from DDPM.
@Test func clippedImagesOfDDPMAndDDIMAreEqual() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  let grid = try StepSpacing.trailing.timesteps(20, of: schedule)
  let path = Array(zip(grid, grid.dropFirst() + [.zero])).map { (t: $0, s: $1) }
  func rows(_ frequency: Double) -> [[Float]] {
    (1...20).map { numbers(64, frequency + 0.01 * Double($0)) }
  }
  let samplers: [any Sampler] = [DDPMSampler(), DDIMSampler(eta: .value(1))]
  let images = samplers.map { sampler in
    let walked = sampler.trajectory(
      from: numbers(64, 0.137), along: path, StoredOutputs(rows(0.731), noise: rows(0.377)),
      schedule, .noise, .toRange(1))
    #expect(walked.clipped > 100)
    return walked.x[19]
  }
  for (ddpm, ddim) in zip(images[0], images[1]) { #expect(abs(ddpm - ddim) < 1e-5) }
}

/// A sampler that records the evaluations it reads, also earlier ones.
private struct LookingBack: Sampler {
  var memory: Int { 2 }

  func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let x0 = walk.estimate(at: t)
    let seen = walk.evaluations.map(\.timestep.value)
    let all = [t.value, t.value + 10, t.value + 20].filter { $0 <= 90 }
    precondition(seen == all, "\(seen) remembered at \(t)")
    precondition(walk.evaluations[0].x0.values == x0.values)
    precondition(walk.evaluations[0].x.values == walk.x.values)
    // x becomes the oldest estimate, which later evaluations must not have overwritten.
    walk.x.set(1 * walk.evaluations[all.count - 1].x0)
  }
}

@Test func evaluationsAreRememberedNewestFirst() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 100)
  let outputs = (0..<5).map { numbers(9, 0.2 + 0.1 * Double($0)) }
  let path = (0..<5).map { (t: Timestep(90 - 10 * $0), s: Timestep(80 - 10 * $0)) }
  let walked = LookingBack().trajectory(
    from: numbers(9, 0.137), along: path, StoredOutputs(outputs), schedule, .sample)
  for (step, x) in walked.x.enumerated() { #expect(x == outputs[max(0, step - 2)]) }
}
