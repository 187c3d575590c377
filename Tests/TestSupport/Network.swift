// Small networks for tests, recorded on tapes of either purpose and any capacity.

import Autograd
import Kernels

/// Layers with random parameters, and random numbers to run them on.
package struct Network {
  /// What the network reads.
  package enum Input {
    /// Random numbers, whose gradient is wanted.
    case varied(Shape)
    /// Numbers that have no gradient: [N, H, W, C] with N images or more.
    case given(Shape, [Float])
  }

  /// Calls the layers on a tape: the inputs' tensors in, the result out.
  package typealias Layers = (_ inputs: [Tensor], _ tape: Tape) -> Tensor

  package let parameters: Parameters
  private let inputs: [Input]
  private let layers: Layers

  /// - Parameter build: makes the layers in a layout and returns how they are called.
  package init(_ inputs: [Input], _ build: (inout ParameterLayout) -> Layers) {
    var layout = ParameterLayout()
    self.inputs = inputs
    layers = build(&layout)
    parameters = Parameters(layout)
    // All of them, also the gaps between them and those that start at 0 or 1.
    parameters.values.copy(from: uniform(layout.count, bound: 0.5, seed: 1))
    parametersChanged()
  }

  /// Computes the weights that layers derive from their parameters.
  package func parametersChanged() {
    parameters.markChanged()
    parameters.derive(Workers(count: 1))
  }

  /// A network of random inputs.
  package init(_ shapes: Shape..., build: (inout ParameterLayout) -> Layers) {
    self.init(shapes.map(Input.varied), build)
  }

  /// A sealed tape with its inputs filled: image i's are the same whatever the capacity.
  package struct Recording {
    package let tape: Tape
    package let inputs: [Tensor]
    package let output: Tensor

    /// The first images' results.
    package func result(_ images: Int) -> [Float] {
      tape[output].prefix(images * output.shape.count)
    }

    /// Runs forward, and backward from a gradient of the result.
    package func train(_ gradient: [Float]) {
      let count = output.shape.count
      tape.train { images in
        let part = gradient[images.lowerBound * count..<images.upperBound * count]
        tape.gradient(output).copy(from: Array(part))
      }
    }
  }

  /// - Parameter microBatchPixels: pixels that an operation works on at a time.
  package func record(
    for purpose: Tape.Purpose, images: Int, microBatchPixels: Int = 1600,
    sharesMemory: Bool = true
  ) -> Recording {
    let tape = Tape(
      parameters, for: purpose, capacity: images, microBatchPixels: microBatchPixels,
      sharesMemory: sharesMemory)
    let tensors = inputs.map { input in
      switch input {
      case .varied(let shape): tape.input(shape, differentiable: true)
      case .given(let shape, _): tape.input(shape)
      }
    }
    let output = layers(tensors, tape)
    tape.seal(result: output)
    for (number, (input, tensor)) in zip(inputs, tensors).enumerated() {
      switch input {
      case .varied(let shape):
        tape[tensor].copy(from: uniform(images * shape.count, seed: UInt64(100 + number)))
      case .given(let shape, let values):
        tape[tensor].copy(from: Array(values.prefix(images * shape.count)))
      }
    }
    return Recording(tape: tape, inputs: tensors, output: output)
  }

  /// The inputs whose gradient is wanted.
  package func varied(_ recording: Recording) -> [Tensor] {
    zip(inputs, recording.inputs).compactMap { input, tensor in
      if case .varied = input { tensor } else { nil }
    }
  }
}
