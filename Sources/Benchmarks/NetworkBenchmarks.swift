// Whole networks: training steps and forward passes of each preset, and of other images than MNIST's.

import Diffusion

private let batch = 128

/// A network for images of a size.
private struct Network: Sendable {
  let preset: UNetConfiguration.Preset
  let size: ImageSize

  static let usual = ImageSize(height: 28, width: 28, channels: 1)
  /// Sizes that fill their tiles, that do not, and colours.
  static let others = [
    ImageSize(height: 32, width: 32, channels: 1), ImageSize(height: 20, width: 20, channels: 1),
    ImageSize(height: 28, width: 28, channels: 3), ImageSize(height: 32, width: 32, channels: 3),
  ]

  var name: String {
    size == Network.usual ? "\(preset)" : "\(preset)-\(size.height)x\(size.width)x\(size.channels)"
  }

  /// The network in training. What the images show makes no difference to the time.
  func trainer() throws -> Trainer {
    let pixels = (0..<batch * size.values).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    var options = TrainingOptions(threads: workers.count)
    options.batch = batch
    return try Trainer(
      UNetConfiguration(preset, imageSize: size), schedule: NoiseSchedule(.linear, timesteps: 1000),
      prediction: .noise, data: ByteImages(size: size, pixels: pixels), options)
  }
}

/// Images per second, the arithmetic they stand for, and the process's largest memory.
private func figures(images: Int, operationsPerImage: Int, time: Double) -> Figures {
  let gigaflops = Double(operationsPerImage * images) / time / 1e9
  return [
    ("imagesPerSecond", Double(images) / time), ("gigaflops", gigaflops),
    ("ofPeak", gigaflops / peakGigaflops),
    ("peakMegabytes", Double(OperatingSystem.peakBytes) / 1_048_576),
  ]
}

private func training(_ network: Network) -> Benchmark {
  Benchmark("train-\(network.name)", in: .ownProcess) {
    let trainer = try network.trainer()
    let operations = 3 * trainer.snapshot().operationsPerImage
    // Now and then the system starts a thread: what every step takes is the least of several.
    var growth = Int.max
    return Work(runs: 5) {
      let held = OperatingSystem.heldBytes
      _ = try? trainer.step(of: 1000)
      growth = min(growth, OperatingSystem.heldBytes - held)
    } figures: { time in
      figures(images: batch, operationsPerImage: operations, time: time)
        + [("systemBytesPerStep", Double(growth))]
    }
  }
}

private func sampling(_ network: Network) -> Benchmark {
  Benchmark("sample-\(network.name)", in: .ownProcess) {
    let model = try network.trainer().snapshot()
    let steps = 4
    let plan = SamplingPlan.ddim(steps: steps, spacing: .trailing)
    let options = SamplingOptions(threads: workers.count)
    return Work(runs: 5) {
      _ = try? model.sample(batch, plan, options)
    } figures: { time in
      figures(images: batch * steps, operationsPerImage: model.operationsPerImage, time: time)
    }
  }
}

let networkBenchmarks =
  (UNetConfiguration.Preset.allCases.map { Network(preset: $0, size: Network.usual) }
  + Network.others.map { Network(preset: .small, size: $0) })
  .flatMap { [training($0), sampling($0)] }
