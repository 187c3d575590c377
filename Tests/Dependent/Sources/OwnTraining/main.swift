// A training loop of one's own: a loss weighted by the signal-to-noise ratio (Hang et al. 2023), a
// learning rate and an average by hand, an interruption, and the network evaluated directly.

import Diffusion
import Foundation

struct MinSNR: Objective {
  func evaluate(_ example: inout Example) {
    let snr = example.schedule.signalToNoise(example.timestep)
    example.addSquaredError(from: Mix(x0Weight: 0, noiseWeight: 1), weight: min(snr, 5) / snr)
  }
}

let digits = SyntheticDigits.images(.train, range: 0..<64)
func trainer() throws -> Trainer {
  var options = TrainingOptions()
  options.batch = 16
  return try Trainer(
    UNetConfiguration(.tiny, imageSize: digits.images.size, classes: 10),
    schedule: NoiseSchedule(.cosine, timesteps: 1000), prediction: .noise, objective: MinSNR(),
    data: digits.images, labels: digits.labels, options)
}

let first = try trainer()
for step in 0..<3 {
  let done = try first.step(learningRate: 1e-3 / Double(step + 1), emaDecay: 0.5)
  print("step \(done.number): loss \(done.loss), gradient \(done.gradientNorm)")
}

let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
defer { try? FileManager.default.removeItem(atPath: folder) }
try first.saveState(to: folder)
let second = try trainer()
try second.resume(from: folder)
let (one, other) = (
  try first.step(learningRate: 1e-4, emaDecay: 0.5),
  try second.step(learningRate: 1e-4, emaDecay: 0.5)
)
guard one.loss == other.loss else { fatal("a resumed training went another way") }

let model = second.snapshot()
let noisy = try model.schedule.noised(
  Images(digits.images[0..<4]), noise: model.sample(4, .ddim(steps: 1)).images,
  at: Array(repeating: Timestep(500), count: 4))
let denoised = try model.denoise(noisy, at: Timestep(500), classes: .one(3))
print("x0 \(denoised.x0.values[0]), noise \(denoised.noise.values[0])")
print("velocity \(denoised.velocity.values[0]), score \(denoised.score.values[0])")

func fatal(_ message: String) -> Never {
  print(message)
  exit(1)
}
