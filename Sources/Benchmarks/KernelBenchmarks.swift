// The kernels at the presets' shapes, on all cores at once, beside the peak.

import Autograd
import Kernels

/// A layer's geometry in the network.
private struct Site: Sendable {
  let side: Int
  let inputs: Int
  let outputs: Int

  var name: String { "\(side)x\(side)x\(inputs)-\(outputs)" }
}

/// By the channels of a preset's first level; the others have twice as many.
private let sites = [16, 32, 64].flatMap { channels in
  [
    Site(side: 28, inputs: channels, outputs: channels),
    Site(side: 28, inputs: 3 * channels, outputs: channels),
    Site(side: 14, inputs: 2 * channels, outputs: 2 * channels),
    Site(side: 14, inputs: 4 * channels, outputs: 2 * channels),
    Site(side: 7, inputs: 2 * channels, outputs: 2 * channels),
    Site(side: 7, inputs: 4 * channels, outputs: 2 * channels),
  ]
}

/// What a layer's pass does to the tape.
private enum Pass: String, CaseIterable, Sendable {
  case forward
  /// Forward and backward.
  case training
}

/// Images on each core's tape.
private let images = 8

/// A layer on every core, and its arithmetic beside the peak.
private func work(
  _ pass: Pass, input: Shape, in layout: ParameterLayout, _ record: (Tensor, Tape) -> Tensor
) -> Work {
  let parameters = Parameters(layout)
  parameters.initialize(seed: 0)
  parameters.derive(workers)
  let tapes = (0..<workers.count).map { _ in
    let tape = Tape(parameters, for: .training, capacity: images)
    let x = tape.input(input, differentiable: true)
    let y = record(x, tape)
    tape.seal(result: y)
    tape.forward()
    return tape
  }
  let repeats = 20
  let forward = Double(tapes[0].operationCount)
  return Work {
    workers.run { worker in
      for _ in 0..<repeats {
        switch pass {
        case .forward: tapes[worker].forward()
        case .training: tapes[worker].train { _ in }
        }
      }
    }
  } figures: { time in
    let perImage = time / Double(repeats * images * workers.count)
    let duration = ("microsecondsPerImage", perImage * 1e6)
    // What multiplies no matrices is bound by memory and has no such figure.
    guard forward > 0 else { return [duration] }
    let gigaflops = forward * (pass == .forward ? 1 : 3) / perImage / 1e9
    return [duration, ("gigaflops", gigaflops), ("ofPeak", gigaflops / peakGigaflops)]
  }
}

private let convolutions = sites.flatMap { site in
  Pass.allCases.map { pass in
    Benchmark("conv3-\(site.name)-\(pass)") {
      var layout = ParameterLayout()
      let layer = Convolution("layer", inputs: site.inputs, outputs: site.outputs, in: &layout)
      let shape = Shape(height: site.side, width: site.side, channels: site.inputs)
      return work(pass, input: shape, in: layout) { layer($0, on: $1) }
    }
  }
}

/// One site for each input: presets share some.
private let inputSites = sites.reduce(into: [Site]()) { list, site in
  if !list.contains(where: { $0.side == site.side && $0.inputs == site.inputs }) {
    list.append(site)
  }
}

private let normalizations = inputSites.flatMap { site in
  Pass.allCases.map { pass in
    Benchmark("norm-silu-\(site.side)x\(site.side)x\(site.inputs)-\(pass)") {
      var layout = ParameterLayout()
      let layer = GroupNorm(
        "layer", channels: site.inputs, groups: 8, epsilon: 1e-5, in: &layout)
      let shape = Shape(height: site.side, width: site.side, channels: site.inputs)
      return work(pass, input: shape, in: layout) { layer($0, activation: .silu, on: $1) }
    }
  }
}

private let attentions = [14, 7].flatMap { side in
  Pass.allCases.map { pass in
    Benchmark("attention-\(side)x\(side)x64-\(pass)") {
      let shape = Shape(height: side, width: side, channels: 64)
      return work(pass, input: shape, in: ParameterLayout()) {
        $1.attention(q: $0, k: $0, v: $0, heads: 8)
      }
    }
  }
}

let kernelBenchmarks = convolutions + normalizations + attentions
