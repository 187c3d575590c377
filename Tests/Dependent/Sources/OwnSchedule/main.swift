// A schedule of one's own: trained on, saved as a diffusers pipeline, opened again and drawn from.

import Diffusion
import Foundation

// beta grows with the square of the timestep.
let betas = (1...200).map { 1e-4 + 0.06 * pow(Double($0) / 200, 2) }
let schedule = try NoiseSchedule(betas: betas)
let prior = schedule.priorBitsPerDimension(meanSquare: 1)
print("alphaBar_T \(schedule.alphaBar(schedule.last)), prior \(prior) bits/dim")

let digits = SyntheticDigits.images(.train, range: 0..<64).images
let trainer = try Trainer(
  UNetConfiguration(.tiny, imageSize: digits.size), schedule: schedule, prediction: .velocity,
  data: digits)
for _ in 0..<3 { print("loss \(try trainer.step(of: 3).loss)") }

let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
defer { try? FileManager.default.removeItem(atPath: folder) }
try trainer.snapshot().save(to: folder)
let model = try DiffusionModel(folder: folder)
let samples = try model.sample(4, .ddim(steps: 5))
try PNG.write(ByteImages(samples.images).grid(scale: 3), to: folder + "/digits.png", text: [])
print("\(samples.images.count) images in \(samples.evaluations) evaluations each")
