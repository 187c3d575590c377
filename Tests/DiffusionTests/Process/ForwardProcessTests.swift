import Diffusion
import Foundation
import TestSupport
import Testing

@Test(.needsFixtures) func noisedImagesMatchDiffusers() throws {
  let stored = try SafetensorsReader(Fixtures.url("sched/add_noise.safetensors"))
  let schedule = try NoiseSchedule(
    .linear, from: 1e-4, to: 0.02, timesteps: 1000, tabulation: .diffusers)
  let size = ImageSize(height: 2, width: 2, channels: 1)
  let images = { (name: String) in
    Images(size: size, values: try stored[name].values.map { Float($0) })
  }
  let timesteps = try stored["t"].values.map { Timestep(index: Int($0)) }
  #expect(timesteps.count == 6)
  let noised = try schedule.noised(images("x0"), noise: images("noise"), at: timesteps)
  // Numbers of at most 4, a few roundings each.
  for (value, expected) in zip(noised.values, try stored["x_t"].values) {
    #expect(abs(Double(value) - expected) < 1e-6)
  }
  // The velocity is the same mix of image and noise, turned by a right angle.
  let (x0, noise, velocity) = (
    try stored["x0"].values, try stored["noise"].values, try stored["velocity"].values
  )
  for index in velocity.indices {
    let mix = Prediction.velocity.target(at: timesteps[index / size.values], in: schedule)
    #expect(abs(mix.x0Weight * x0[index] + mix.noiseWeight * noise[index] - velocity[index]) < 1e-6)
  }
}

@Test func dataIsNotNoised() throws {
  let schedule = try NoiseSchedule(.cosine, timesteps: 10)
  #expect(schedule.noised(at: .zero) == Mix(x0Weight: 1, noiseWeight: 0))
}

@Test(arguments: BetaSchedule.allCases)
func theVarianceIsPreserved(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  for t in schedule.timesteps {
    let mix = schedule.noised(at: t)
    #expect(abs(mix.x0Weight * mix.x0Weight + mix.noiseWeight * mix.noiseWeight - 1) < 1e-15)
  }
}

/// Going from x_{t-1} to x_t by DDPM Eq. 2 from the closed form at t-1 must give the closed form.
@Test(arguments: BetaSchedule.allCases)
func theClosedFormIsManySmallSteps(shape: BetaSchedule) throws {
  let schedule = try NoiseSchedule(shape, timesteps: 1000)
  for t in schedule.timesteps {
    let (before, after) = (schedule.noised(at: t.advanced(by: -1)), schedule.noised(at: t))
    let signal = schedule.alpha(t).squareRoot() * before.x0Weight
    let variance = schedule.alpha(t) * before.noiseWeight * before.noiseWeight + schedule.beta(t)
    #expect(abs(signal - after.x0Weight) < 1e-15)
    #expect(abs(variance - after.noiseWeight * after.noiseWeight) < 1e-15)
  }
}
