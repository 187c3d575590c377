// Images of one's own: drawn when they are asked for, and a network by its parts.

import Diffusion
import Foundation

/// Discs of any radius and place, white on black.
struct Discs: ImageSource {
  let count = 10_000
  let size = ImageSize(height: 16, width: 16, channels: 1)

  func decode(_ index: Int, into block: Block) {
    let angle = Double(index) * 2.399963
    let (x, y) = (8 + 4 * cos(angle), 8 + 4 * sin(angle))
    let radius = 2 + Double(index % 7) / 3
    block.set(
      (0..<size.values).map { place in
        let distance = hypot(Double(place % 16) + 0.5 - x, Double(place / 16) + 0.5 - y)
        return Float(max(-1, min(1, 2 * (radius - distance))))
      })
  }
}

let discs = Discs()
let network = UNetConfiguration(
  resolution: .init(discs.size), inChannels: 1, outChannels: 1, channels: [8, 16],
  downBlocks: [.plain, .attention], upBlocks: [.attention, .plain], layersPerBlock: 1,
  normGroups: 4)
let trainer = try Trainer(
  network, schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .velocity, data: discs)
for _ in 0..<20 { _ = try trainer.step(of: 20) }

let loss = HeldOutLoss(on: discs, count: 32)(trainer.snapshot(), threads: 2)
print("\(trainer.completed) steps on \(discs.count) discs, loss \(loss.mean)")
let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).png").path
defer { try? FileManager.default.removeItem(atPath: path) }
let samples = try trainer.snapshot().sample(16, .ddpm(steps: 20))
try PNG.write(ByteImages(samples.images).grid(scale: 4), to: path, text: [])
