import Diffusion
import Foundation
let threads = 2
let data = SyntheticDigits.images(.train).images
var options = TrainingOptions(threads: threads)
let trainer = try Trainer(UNetConfiguration(.small, imageSize: data.size), schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .noise, data: data, options)
print("GFLOP/image", Double(trainer.model.operationsPerImage) * 1e-9, trainer.model.parameterCount)
for _ in 0..<6 {
  let t = Date(); let s = try trainer.step(of: 1000); let dt = Date().timeIntervalSince(t)
  print(s, 128 / dt, "img/s", 3 * Double(trainer.model.operationsPerImage) * 128 / dt / 1e9, "GFLOP/s")
}
let plan = try SamplingPlan(steps: 5, spacing: .trailing, sampler: .ddim(.value(0)), schedule: trainer.model.schedule, prediction: .noise, clipping: .toRange(1))
for _ in 0..<3 { let t = Date(); _ = trainer.model.sample(64, plan: plan, SamplingOptions(threads: threads)); print(64*5 / Date().timeIntervalSince(t), "forward img/s") }
