// A walk without a network: its outputs and noise are given beforehand.

import Autograd
import Diffusion
import Kernels

/// What a network outputs at its first, second, ... evaluation, and the noise of each step.
final class StoredOutputs: WalkSource {
  private let outputs: [FloatMemory]
  private let variances: [FloatMemory]
  private let noise: [FloatMemory]
  private let counts = Locked((outputs: 0, noise: 0))

  init(_ outputs: [[Float]], variances: [[Float]] = [], noise: [[Float]] = []) {
    (self.outputs, self.noise) = (outputs.map(FloatMemory.init), noise.map(FloatMemory.init))
    self.variances = variances.map(FloatMemory.init)
  }

  func output(
    _ xt: Floats, _ images: Range<Int>, at timestep: Timestep, shift: BottleneckShift?
  ) -> NetworkOutput {
    let place = counts.withLock { counts in
      defer { counts.outputs += 1 }
      return counts.outputs
    }
    return NetworkOutput(
      outputs[place].all, variance: variances.isEmpty ? nil : variances[place].all)
  }

  func fillNoise(_ target: Floats, _ images: Range<Int>, at place: NoisePlace) {
    let place = counts.withLock { counts in
      defer { counts.noise += 1 }
      return counts.noise
    }
    target.copy(from: noise[place].all)
  }
}

extension Sampler {
  /// Where a path leads from x with the outputs and the noise of a source: x after every step, and the
  /// estimate of x0 of every step's last evaluation.
  func trajectory(
    from x: [Float], along path: [(t: Timestep, s: Timestep)], _ source: any WalkSource,
    _ schedule: NoiseSchedule, _ prediction: Prediction, _ clipping: Clipping = .none
  ) -> (x: [[Float]], x0: [[Float]], clipped: Int) {
    let memory = FloatMemory(x)
    var walk = Walk(
      source, schedule, prediction, clipping, memory: self.memory, capacity: x.count
    ).beginning(0..<1, at: memory.all)
    var (visited, estimates): ([[Float]], [[Float]]) = ([], [])
    for (index, (t, s)) in path.enumerated() {
      walk.steps = index..<path.count
      step(&walk, from: t, to: s)
      visited.append(memory.array)
      estimates.append(walk.newest.values)
    }
    return (visited, estimates, walk.clippedCount)
  }
}
