// Weights in the forms that kernels read, derived from the parameters once per step.

internal import Kernels

/// A weight in a form other than the optimizer's.
package struct DerivedWeight: Hashable, Sendable {
  /// What the form is.
  enum Form: Hashable, Sendable {
    /// As a direct input gradient reads it: taps reversed, inputs and outputs exchanged.
    case flipped
    /// A 3x3 filter transformed for Winograd's convolution.
    case winograd
    /// The flipped filter transformed.
    case flippedWinograd

    /// Whether forward passes read it, or only backward passes.
    var purpose: Tape.Purpose { self == .winograd ? .inference : .training }
  }

  let form: Form
  let parameter: Parameter
  let taps: Int
  let inputs: Int
  let outputs: Int
  /// Where it starts among the forms of its purpose.
  let offset: Int

  var count: Int {
    switch form {
    case .flipped: taps * inputs * outputs
    case .winograd, .flippedWinograd: WinogradShape.weightCount(inputs: inputs, outputs: outputs)
    }
  }

  /// Computes the form.
  func make(from weights: Floats, into target: Floats) {
    let filters = inputs * outputs
    switch form {
    case .flipped:
      flipWeights(weights, taps: taps, inputs: inputs, outputs: outputs, into: target)
    case .winograd:
      winogradWeights(weights, filters: filters, into: target)
    case .flippedWinograd:
      // The flipped filter is stored at the end of the target: the transform reads all taps of a
      // vector of filters before it writes any of their values.
      let flipped = target.slice(count - taps * filters, taps * filters)
      flipWeights(weights, taps: taps, inputs: inputs, outputs: outputs, into: flipped)
      winogradWeights(flipped, filters: filters, into: target)
    }
  }
}
