// Gradients of random graphs against central differences: no plan of a tape's memory, whatever it
// shares or computes again, may overwrite what a later step reads.

import Autograd
import Foundation
import Kernels
import TestSupport
import Testing

/// As many graphs as `DDPM_FUZZ_GRAPHS` says, 500 without it, in groups that run at the same time.
private let graphs =
  ProcessInfo.processInfo.environment["DDPM_FUZZ_GRAPHS"].flatMap { UInt64($0) } ?? 500
private let groups: UInt64 = 10

@Test(arguments: 0..<groups)
func gradientsOfRandomGraphsAreTheDifferences(group: UInt64) {
  for seed in group * graphs / groups..<(group + 1) * graphs / groups {
    check(RandomGraph(seed: seed), seed: seed)
  }
}

@Test(arguments: 0..<groups)
func randomGraphsComputeTheSameWhetherOrNotTheyShareMemory(group: UInt64) {
  for seed in group * graphs / groups..<(group + 1) * graphs / groups {
    let graph = RandomGraph(seed: seed)
    let alone = graph.inferred(sharesMemory: false)
    #expect(graph.inferred(sharesMemory: true) == alone, "graph \(seed): \(graph.description)")
    let (first, _) = graph.trained(sharesMemory: false)
    let (shared, again) = graph.trained(sharesMemory: true)
    #expect(shared == first, "graph \(seed): \(graph.description)")
    #expect(again == first, "graph \(seed), run again: \(graph.description)")
  }
}

extension RandomGraph {
  /// The result of a tape for inference.
  fileprivate func inferred(sharesMemory: Bool) -> [Float] {
    let run = network.record(
      for: .inference, images: capacity, microBatchPixels: microBatchPixels,
      sharesMemory: sharesMemory)
    run.tape.images = images
    run.tape.forward()
    return run.result(images)
  }

  /// The result and all gradients of a tape for training: of its first run, and of one in the memory that
  /// the first one leaves.
  fileprivate func trained(sharesMemory: Bool) -> (first: [[Float]], again: [[Float]]) {
    let run = network.record(
      for: .training, images: capacity, microBatchPixels: microBatchPixels,
      sharesMemory: sharesMemory)
    run.tape.images = images
    let weights = uniform(images * run.output.shape.count, seed: 50)
    func train() -> [[Float]] {
      run.tape.parameterGradients.fill(0)
      run.train(weights)
      let gradients = network.varied(run).map {
        run.tape.gradient($0).prefix(images * $0.shape.count)
      }
      return [run.result(images), run.tape.parameterGradients.array] + gradients
    }
    return (train(), train())
  }
}

/// Expects the derivative along a random direction of every input's and parameter's values to be
/// the gradient's inner product with the direction.
private func check(_ graph: RandomGraph, seed: UInt64) {
  let network = graph.network
  let run = network.record(
    for: .training, images: graph.capacity, microBatchPixels: graph.microBatchPixels)
  run.tape.images = graph.images
  let weights = uniform(graph.images * run.output.shape.count, seed: 50)
  run.train(weights)

  let inputs = network.varied(run).enumerated().map { number, tensor in
    let count = graph.images * tensor.shape.count
    return Variable(
      "input \(number)", run.tape[tensor].slice(0, count), run.tape.gradient(tensor).prefix(count))
  }
  let parameters = network.parameters.layout.parameters.map {
    Variable($0.name, network.parameters[$0], run.tape.gradient($0).array)
  }
  for variable in inputs + parameters {
    let (difference, error) = variable.difference {
      network.parametersChanged()
      run.tape.forward()
      return zip(run.result(graph.images), weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    // Rounding is about 1e-6 of results of about 1, divided by a step of 1/64.
    #expect(
      error <= 1e-3 * variable.size + 3e-4,
      """
      graph \(seed), \(variable.name): \(variable.slope) along the direction, difference \
      \(difference), size \(variable.size); \(graph.images) of \(graph.capacity) images, \
      \(graph.microBatchPixels) pixels at a time
      \(graph.description)
      """)
  }
}

/// Values to be moved along a direction, and the gradient with respect to them.
private struct Variable {
  let name: String
  private let values: Floats
  private let direction: [Float]
  /// The gradient's inner product with the direction, and the sum of its terms' magnitudes.
  let slope: Double
  let size: Double

  init(_ name: String, _ values: Floats, _ gradient: [Float]) {
    (self.name, self.values) = (name, values)
    direction = uniform(gradient.count, seed: 60)
    let terms = zip(gradient, direction).map { Double($0) * Double($1) }
    slope = terms.reduce(0, +)
    size = terms.reduce(0) { $0 + abs($1) }
  }

  /// The derivative along the direction by differences of fourth order, and how far the gradient's
  /// is from it.
  func difference(_ f: () -> Double) -> (difference: Double, error: Double) {
    let start = values.array
    func at(_ step: Float) -> Double {
      values.copy(from: zip(start, direction).map { $0 + step * $1 })
      return f()
    }
    let h: Float = 0x1p-6
    let difference = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * Double(h))
    values.copy(from: start)
    return (difference, abs(difference - slope))
  }
}
