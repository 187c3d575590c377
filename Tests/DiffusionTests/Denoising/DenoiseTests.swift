// The network as a function: its estimates agree with each other and with what sampling makes of them.

import Diffusion
import TestSupport
import Testing

@Suite struct DenoiseTests {
  private let model: DiffusionModel
  private let noisy: Images

  init() throws {
    model = try SmallTraining.conditionalTrainer(classes: 3, prediction: .velocity).snapshot()
    noisy = model.noise(11, seed: 4)
  }

  /// One step of DDIM from T leads to the estimate of x0.
  @Test func theEstimateOfTheImageIsWhereOneStepLeads() throws {
    var options = SamplingOptions(threads: 2)
    (options.start, options.clipping) = (noisy, Clipping.none)
    let stepped = try model.sample(11, .ddim(steps: 1), options).images
    let denoised = try model.denoise(noisy, at: model.schedule.last, threads: 2)
    #expect(zip(denoised.x0.values, stepped.values).allSatisfy { abs($0 - $1) <= 1e-6 })
  }

  @Test(arguments: [1, 400, 1000]) func theEstimatesFitTogether(timestep: Int) throws {
    let t = Timestep(timestep)
    let denoised = try model.denoise(noisy, at: t, threads: 1)
    #expect(denoised.velocity == denoised.output)
    let mix = model.schedule.noised(at: t)
    let (x0, noise, score) = (denoised.x0.values, denoised.noise.values, denoised.score.values)
    for i in x0.indices {
      let xt = mix.x0Weight * Double(x0[i]) + mix.noiseWeight * Double(noise[i])
      #expect(abs(xt - Double(noisy.values[i])) < 1e-5)
      #expect(abs(mix.noiseWeight * Double(score[i]) + Double(noise[i])) < 1e-5)
    }
  }

  @Test func everyImageHasItsOwnTimestepAndClass() throws {
    let timesteps = (0..<11).map { Timestep(1 + 90 * $0) }
    let all = try model.denoise(noisy, at: timesteps, classes: .one(2), threads: 3).x0.values
    for image in [0, 7, 10] {
      let one = Images(size: noisy.size, values: Array(noisy.values[image * 64..<image * 64 + 64]))
      let alone = try model.denoise(one, at: timesteps[image], classes: .one(2), threads: 1)
      #expect(alone.x0.values == Array(all[image * 64..<image * 64 + 64]))
    }
    #expect(try model.denoise(noisy, at: timesteps, threads: 1).x0.values != all)
  }

  @Test func whatTheModelDoesNotHaveIsRefused() throws {
    #expect(throws: SamplingError.noSuchClass(3, of: 3)) {
      try model.denoise(noisy, at: Timestep(5), classes: .one(3), threads: 1)
    }
    for t in [Timestep.zero, Timestep(1001)] {
      #expect(throws: SamplingError.timestep(t, of: Timestep(1000))) {
        try model.denoise(noisy, at: t, threads: 1)
      }
    }
  }
}
