// The optimizer against a reference in double precision, and its independence of the workers.

import Autograd
import Foundation
import Kernels
import Testing

@Suite struct AdamWTests {
  /// More floats than a worker takes at a time, and not a whole number of such pieces.
  private static let layout: ParameterLayout = {
    var layout = ParameterLayout()
    _ = Dense("dense", inputs: 250, outputs: 301, in: &layout)
    return layout
  }()

  /// A training of three steps on gradients that follow from the step alone.
  private struct Run {
    let parameters = Parameters(layout)
    let ema = Parameters(layout)
    let moments = AdamW.Moments(layout)
    let gradients = FloatMemory(count: layout.count)
    var optimizer = AdamW()
    var norms: [Double] = []

    init(workers: Int) {
      optimizer.weightDecay = 0.1
      optimizer.clip = 2
      parameters.initialize(seed: 1)
      ema.values.copy(from: parameters.values)
      for number in 1...3 {
        gradients.all.copy(from: Run.gradients(number))
        let norm = AdamW.norm(gradients.all, Workers(count: workers))
        norms.append(norm)
        optimizer.step(
          number, parameters, gradients: gradients.all, norm: norm, moments: moments,
          ema: ema, emaDecay: Run.emaDecays[number - 1], learningRate: Run.rate,
          workers: Workers(count: workers))
      }
    }

    static let rate = 0.01
    static let emaDecays = [0, 0.5, 0.75]

    static func gradients(_ step: Int) -> [Float] {
      let memory = FloatMemory(count: layout.count)
      Philox(seed: UInt64(step), stream: 0).fillNormal(memory.all, item: 0, time: 0)
      // The first step's norm is below the clip, the others' are far above.
      return memory.all.array.map { step == 1 ? $0 / 1000 : $0 }
    }
  }

  /// Loshchilov & Hutter 2019, Algorithm 2, with PyTorch's clipping before and the EMA after it.
  @Test func threeStepsFollowThePaper() {
    let run = Run(workers: 2)
    let start = Parameters(Self.layout)
    start.initialize(seed: 1)
    var p = start.values.array.map(Double.init)
    var (ema, m, v) = (p, p.map { _ in 0.0 }, p.map { _ in 0.0 })
    for step in 1...3 {
      let g = Run.gradients(step).map(Double.init)
      let norm = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(run.norms[step - 1] - norm) <= 1e-6 * norm)
      #expect((norm > 2) == (step > 1), "both sides of the clip are to be seen")
      let scale = min(1, 2 / (norm + 1e-6))
      let decay = Run.emaDecays[step - 1]
      for i in p.indices {
        p[i] *= 1 - Run.rate * 0.1
        m[i] = 0.9 * m[i] + 0.1 * g[i] * scale
        v[i] = 0.999 * v[i] + 0.001 * g[i] * scale * g[i] * scale
        let corrected = (
          m[i] / (1 - pow(0.9, Double(step))), v[i] / (1 - pow(0.999, Double(step)))
        )
        p[i] -= Run.rate * corrected.0 / (corrected.1.squareRoot() + 1e-8)
        ema[i] = decay * ema[i] + (1 - decay) * p[i]
      }
    }
    // Parameters are below 1/16 and steps of 0.01: single precision rounds each step by 1e-8 or so.
    #expect(largest(run.parameters.values.array, p) <= 2e-7)
    #expect(largest(run.ema.values.array, ema) <= 2e-7)
  }

  @Test(arguments: [2, 3, 7]) func anyNumberOfWorkersGivesTheSameBytes(workers: Int) {
    let (one, many) = (Run(workers: 1), Run(workers: workers))
    #expect(one.norms == many.norms)
    #expect(one.parameters.values.array == many.parameters.values.array)
    #expect(one.ema.values.array == many.ema.values.array)
  }

  @Test func gradientsOfZeroMoveNothing() {
    let (parameters, ema) = (Parameters(Self.layout), Parameters(Self.layout))
    parameters.initialize(seed: 1)
    let before = parameters.values.array
    let gradients = FloatMemory(count: Self.layout.count)
    let workers = Workers(count: 1)
    #expect(AdamW.norm(gradients.all, workers) == 0)
    AdamW().step(
      1, parameters, gradients: gradients.all, norm: 0, moments: .init(Self.layout),
      ema: ema, emaDecay: 0, learningRate: 1, workers: workers)
    #expect(parameters.values.array == before && ema.values.array == before)
  }

  private func largest(_ values: [Float], _ expected: [Double]) -> Double {
    zip(values, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
  }
}
