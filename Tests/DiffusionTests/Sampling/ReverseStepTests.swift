import Diffusion
import Kernels
import Testing

/// Numbers in -2...2 without a pattern.
private func numbers(_ count: Int, _ frequency: Double) -> FloatMemory {
  FloatMemory(
    (0..<count).map { Float(2 * (Double($0 * $0 + 1) * frequency).remainder(dividingBy: 2)) })
}

@Test(arguments: [Clipping.none, .toRange(1), .toRange(0.5)], Prediction.allCases)
func aStepIsItsFormula(clipping: Clipping, prediction: Prediction) throws {
  let schedule = try NoiseSchedule(.cosine, timesteps: 100)
  let step = Sampler.ddim(.value(0.7)).step(
    from: Timestep(60), to: Timestep(40), schedule: schedule, prediction: prediction,
    clipping: clipping)
  let (x, output, noise) = (numbers(49, 0.137), numbers(49, 0.731), numbers(49, 0.377))
  let (xt, out, z) = (x.all.array, output.all.array, noise.all.array)
  let clipped = step.apply(x: x.all, output: output.all, noise: noise.all)
  var outside = 0
  // Single precision of numbers as large as the mean's weight, about 30.
  let tolerance = 1e-6 * (1 + abs(step.estimate.output))
  for i in 0..<49 {
    var x0 = step.estimate.xt * Double(xt[i]) + step.estimate.output * Double(out[i])
    if case .toRange(let bound) = clipping {
      if abs(x0) > bound { outside += 1 }
      x0 = min(max(x0, -bound), bound)
    }
    #expect(abs(Double(output.all[i]) - x0) < tolerance)
    let expected = step.xt * Double(xt[i]) + step.x0 * x0 + step.sigma * Double(z[i])
    #expect(abs(Double(x.all[i]) - expected) < tolerance)
  }
  #expect(clipped == outside)
  #expect((outside > 0) == (clipping != .none))
}

@Test func deterministicStepsReadNoNoise() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 100)
  let step = Sampler.ddim(.value(0)).step(
    from: Timestep(60), to: Timestep(40), schedule: schedule, prediction: .noise,
    clipping: .none)
  let (x, output, none) = (numbers(7, 0.137), numbers(7, 0.731), FloatMemory(count: 0))
  step.apply(x: x.all, output: output.all, noise: none.all)
  #expect(x.all.array.allSatisfy { $0.isFinite })
}

/// The same through the floats: clipped pixels do not part DDIM at eta 1 from DDPM.
@Test func clippedImagesOfDDPMAndDDIMAreEqual() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 1000)
  let images = try [Sampler.ddpm(.small), .ddim(.value(1))].map { sampler in
    let plan = try SamplingPlan(
      steps: 20, spacing: .trailing, sampler: sampler, schedule: schedule, prediction: .noise,
      clipping: .toRange(1))
    let x = numbers(64, 0.137)
    var clipped = 0
    for (index, step) in plan.steps.enumerated() {
      let frequency = 0.01 * Double(index + 1)
      let (output, noise) = (numbers(64, 0.731 + frequency), numbers(64, 0.377 + frequency))
      clipped += step.apply(x: x.all, output: output.all, noise: noise.all)
    }
    #expect(clipped > 100)
    return x.all.array
  }
  for (ddpm, ddim) in zip(images[0], images[1]) { #expect(abs(ddpm - ddim) < 1e-5) }
}
