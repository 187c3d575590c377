// Trains, samples and saves through the public interface alone, in a few seconds.

import Diffusion
import Foundation

let digits = SyntheticDigits.images(.train, range: 0..<64).images
let trainer = try Trainer(
  UNetConfiguration(.tiny, imageSize: digits.size),
  schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .noise, data: digits,
  TrainingOptions(threads: 2))
for _ in 0..<3 {
  let step = try trainer.step(of: 3)
  print("step \(step.number): loss \(step.loss)")
}

let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
defer { try? FileManager.default.removeItem(atPath: folder) }
try trainer.snapshot().save(to: folder)
let model = try DiffusionModel(folder: folder)
let plan = try SamplingPlan(
  steps: 5, spacing: .trailing, sampler: .ddim(.value(0)), schedule: model.schedule,
  prediction: model.prediction, clipping: model.clipping)
let samples = try model.sample(4, plan, SamplingOptions(threads: 2)) { moment in
  print("images \(moment.places) at timestep \(moment.step.previous)")
}
try PNG.write(ByteImages(samples.images).grid(scale: 3), to: folder + "/digits.png", text: [])
let loss = HeldOutLoss(model, data: digits, count: 16, threads: 2)()
print("\(samples.images.count) images, held-out loss \(loss.mean)")
