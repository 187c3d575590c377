// Whole networks: training steps and forward passes of each preset.

import Diffusion

private let batch = 128
private let digits = SyntheticDigits.images(.train, range: 0..<2 * batch).images

private func trainer(_ preset: UNetConfiguration.Preset) -> Trainer? {
  var options = TrainingOptions(threads: workers.count)
  options.batch = batch
  guard let schedule = try? NoiseSchedule(.linear, timesteps: 1000) else { return nil }
  return try? Trainer(
    UNetConfiguration(preset, imageSize: digits.size), schedule: schedule, prediction: .noise,
    data: digits, options)
}

/// Images a second, the arithmetic they stand for, and the process's largest memory.
private func figures(
  images: Int, operationsPerImage: Int, time: Double
) -> [(key: String, value: Double)] {
  let gigaflops = Double(operationsPerImage * images) / time / 1e9
  return [
    ("imagesPerSecond", Double(images) / time), ("gigaflops", gigaflops),
    ("ofPeak", gigaflops / peakGigaflops), ("peakMegabytes", peakMegabytes),
  ]
}

private func training(_ preset: UNetConfiguration.Preset) -> Benchmark {
  Benchmark("train-\(preset)") {
    guard let trainer = trainer(preset) else { return [] }
    let time = leastTime(runs: 5) { _ = try? trainer.step(of: 1000) }
    let held = systemBytes
    _ = try? trainer.step(of: 1000)
    return figures(
      images: batch, operationsPerImage: 3 * trainer.model.operationsPerImage, time: time)
      + [("systemBytesPerStep", Double(systemBytes - held))]
  }
}

private func sampling(_ preset: UNetConfiguration.Preset) -> Benchmark {
  Benchmark("sample-\(preset)") {
    guard let model = trainer(preset)?.model else { return [] }
    let steps = 4
    guard
      let plan = try? SamplingPlan(
        steps: steps, spacing: .trailing, sampler: .ddim(.value(0)), schedule: model.schedule,
        prediction: model.prediction, clipping: model.clipping)
    else { return [] }
    let options = SamplingOptions(threads: workers.count)
    let time = leastTime(runs: 5) { _ = model.sample(batch, plan: plan, options) }
    return figures(
      images: batch * steps, operationsPerImage: model.operationsPerImage, time: time)
  }
}

let networkBenchmarks = UNetConfiguration.Preset.allCases.flatMap {
  [training($0), sampling($0)]
}
