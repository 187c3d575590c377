import Diffusion
import Foundation
func cpu() -> Double { var u = rusage(); getrusage(0, &u); return Double(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * Double(u.ru_utime.tv_usec + u.ru_stime.tv_usec) }
let threads = Int(CommandLine.arguments.dropFirst().first ?? "2")!
let data = SyntheticDigits.images(.train, range: 0..<1000).images
var options = TrainingOptions(threads: threads)
let trainer = try Trainer(UNetConfiguration(.small, imageSize: data.size), schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .noise, data: data, options)
_ = try trainer.step(of: 1000)
for _ in 0..<5 {
  let t = Date(); let c = cpu(); let s = try trainer.step(of: 1000); let dt = Date().timeIntervalSince(t)
  print(s.loss, 128 / dt, "img/s wall", 128 / (cpu() - c), "img per cpu-second", 3 * Double(trainer.model.operationsPerImage) * 128 / (cpu() - c) / 1e9, "GFLOP/cpu s")
}
let plan = try SamplingPlan(steps: 5, spacing: .trailing, sampler: .ddim(.value(0)), schedule: trainer.model.schedule, prediction: .noise, clipping: .toRange(1))
for _ in 0..<3 { let t = Date(); let c = cpu(); _ = trainer.model.sample(64, plan: plan, SamplingOptions(threads: threads)); print(64*5 / Date().timeIntervalSince(t), "forward img/s", 64*5/(cpu() - c), "per cpu s") }
