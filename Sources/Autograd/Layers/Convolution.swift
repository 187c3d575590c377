// A convolution with its parameters.

internal import Kernels

/// What a convolution does at the image's edge.
package enum Padding: Hashable, Sendable {
  /// side / 2 zeros on each side, which keep the size.
  case same
  /// One row and one column of zeros below and right, for halving as Ho et al. do.
  case bottomRight
}

/// A square convolution, stride 1 or 2.
package struct Convolution: Sendable {
  /// How it is computed, with the derived weights that the method needs.
  private enum Method {
    case direct(flipped: DerivedWeight)
    case winograd(transformed: DerivedWeight, flipped: DerivedWeight)
  }

  private let name: String
  private let weights: Parameter
  private let method: Method
  private let bias: Parameter
  private let side: Int
  private let stride: Int
  private let padding: Padding
  private let inputs: Int
  private let outputs: Int

  package init(
    _ name: String, inputs: Int, outputs: Int, side: Int = 3, stride: Int = 1,
    padding: Padding = .same, start: WeightStart = .usual, in layout: inout ParameterLayout
  ) {
    precondition(
      side == 3 || padding == .same, "\(name): side \(side) with padding \(padding)")
    self.name = name
    (self.inputs, self.outputs, self.side) = (inputs, outputs, side)
    (self.stride, self.padding) = (stride, padding)
    let bound = 1 / Float(side * side * inputs).squareRoot()
    let weights = layout.add(
      "\(name).weight", .filter(side: side, inputs: inputs, outputs: outputs),
      start.initial(bound))
    bias = layout.add("\(name).bias", .vector(outputs), start.initial(bound))
    self.weights = weights
    func form(_ form: DerivedWeight.Form) -> DerivedWeight {
      layout.add(form, of: weights, taps: side * side, inputs: inputs, outputs: outputs)
    }
    method =
      side == 3 && stride == 1 && min(inputs, outputs) >= Convolution.leastChannels
      ? .winograd(transformed: form(.winograd), flipped: form(.flippedWinograd))
      : .direct(flipped: form(.flipped))
  }

  /// With fewer channels the transforms of Winograd's convolution cost more than they save.
  private static let leastChannels = 8

  /// A 1x1 convolution of concatenated tensors, w * x + bias.
  ///
  /// - Parameter x: [N, H, W, inputs] together.
  package func callAsFunction(_ x: ChannelConcatenation, on tape: Tape) -> Tensor {
    guard case .direct(let flipped) = method, side == 1, stride == 1 else {
      preconditionFailure("\(name): side \(side), stride \(stride) of tensors side by side")
    }
    precondition(
      x.shape.channels == inputs, "\(name): \(x.shape) given to \(inputs) input channels")
    let shape = Shape(height: x.shape.height, width: x.shape.width, channels: outputs)
    return tape.record(
      DenseOperation(
        weights: weights, flipped: flipped, bias: bias, x: x, residual: nil, y: tape.tensor(shape)))
  }

  /// w * x + bias (+ row) (+ residual).
  ///
  /// - Parameters:
  ///   - x: [N, H, W, inputs].
  ///   - row: [N, 1, 1, outputs], added to every pixel of its image.
  ///   - residual: of the result's shape.
  package func callAsFunction(
    _ x: Tensor, row: Tensor? = nil, residual: Tensor? = nil, on tape: Tape
  ) -> Tensor {
    precondition(
      x.shape.channels == inputs, "\(name): \(x.shape) given to \(inputs) input channels")
    let edge = padding == .same ? side / 2 : 0
    let geometry = ConvolutionShape(
      height: x.shape.height, width: x.shape.width, inputs: inputs, outputs: outputs, side: side,
      stride: stride, before: edge, after: padding == .same ? edge : 1)
    precondition(
      geometry.outputCount > 0, "\(name): \(x.shape) has no place for a filter of side \(side)")
    let y = tape.tensor(
      Shape(height: geometry.outputHeight, width: geometry.outputWidth, channels: outputs))
    row?.require(Shape(channels: outputs), "\(name): row")
    residual?.require(y.shape, "\(name): residual")
    switch method {
    case .direct(let flipped):
      return tape.record(
        ConvolutionOperation(
          geometry: geometry, capacity: tape.capacity, weights: weights, flipped: flipped,
          bias: bias, x: x, row: row, residual: residual, y: y))
    case .winograd(let transformed, let flipped):
      return tape.record(
        WinogradOperation(
          geometry: WinogradShape(
            images: tape.capacity, height: x.shape.height, width: x.shape.width, inputs: inputs,
            outputs: outputs),
          weights: weights, transformed: transformed, transformedFlipped: flipped, bias: bias,
          x: x, row: row, residual: residual, y: y))
    }
  }
}
