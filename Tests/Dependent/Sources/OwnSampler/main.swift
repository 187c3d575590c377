// A sampler of one's own: Heun's method (Karras et al. 2022, Algorithm 1), beside DDIM.

import Diffusion

struct Heun: Sampler {
  var memory: Int { 1 }
  var isDeterministic: Bool { true }

  func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    // y = x/a moves along dy/dsigma = (y - x̂0)/sigma, sigma being the noise over the signal a.
    let (from, to) = (walk.schedule.noised(at: t), walk.schedule.noised(at: s))
    let (a, b) = (from.x0Weight, to.x0Weight)
    let (sigma, next) = (from.noiseWeight / a, to.noiseWeight / b)
    let x0 = walk.estimate(at: t)
    walk.x.set((b / a * next / sigma) * walk.x + (b - b * next / sigma) * x0)
    if s == .zero { return }
    let guess = walk.estimate(at: s)
    let (first, second) = (walk.evaluations[1], walk.evaluations[0])
    let half = (next - sigma) / 2 * b
    let slope = (half / (a * sigma)) * first.x - (half / sigma) * first.x0
    let newSlope = (half / (b * next)) * second.x - (half / next) * guess
    walk.x.set((b / a) * first.x + slope + newSlope)
  }
}

let digits = SyntheticDigits.images(.train, range: 0..<64).images
let trainer = try Trainer(
  UNetConfiguration(.tiny, imageSize: digits.size),
  schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .velocity, data: digits)
for _ in 0..<3 { _ = try trainer.step(of: 3) }

// Both solve the same equation: with many steps they meet.
let model = trainer.snapshot()
for steps in [5, 20, 80] {
  let heun = try model.sample(2, SamplingPlan(Heun(), steps: steps))
  let ddim = try model.sample(2, .ddim(steps: steps))
  let gap = zip(heun.images.values, ddim.images.values).map { abs($0 - $1) }.max() ?? 0
  print("\(steps) steps: \(heun.evaluations) and \(ddim.evaluations) evaluations, apart by \(gap)")
}
