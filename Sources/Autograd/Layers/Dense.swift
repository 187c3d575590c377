// A dense layer with its parameters.

/// y = x·w + bias over the channels of every pixel.
package struct Dense: Sendable {
  private let name: String
  private let weights: Parameter
  private let flipped: DerivedWeight
  private let bias: Parameter
  private let inputs: Int
  private let outputs: Int

  package init(
    _ name: String, inputs: Int, outputs: Int, start: WeightStart = .usual,
    in layout: inout ParameterLayout
  ) {
    self.name = name
    (self.inputs, self.outputs) = (inputs, outputs)
    let bound = 1 / Float(inputs).squareRoot()
    weights = layout.add(
      "\(name).weight", .dense(inputs: inputs, outputs: outputs), start.initial(bound))
    bias = layout.add("\(name).bias", .vector(outputs), start.initial(bound))
    flipped = layout.add(.flipped, of: weights, inputs: inputs, outputs: outputs)
  }

  /// x·w + bias (+ residual).
  ///
  /// - Parameters:
  ///   - x: [N, H, W, inputs].
  ///   - residual: [N, H, W, outputs].
  package func callAsFunction(_ x: Tensor, residual: Tensor? = nil, on tape: Tape) -> Tensor {
    precondition(
      x.shape.channels == inputs, "\(name): \(x.shape) given to \(inputs) input channels")
    let y = tape.tensor(
      Shape(height: x.shape.height, width: x.shape.width, channels: outputs))
    residual?.require(y.shape, "\(name): residual")
    return tape.record(
      DenseOperation(
        weights: weights, flipped: flipped, bias: bias, x: ChannelConcatenation(x),
        residual: residual, y: y))
  }
}
