// A tape's gradients against central differences.

import Autograd
import Kernels
import Testing

/// Expects the gradients of every input and parameter to be (f(x + h) - f(x - h)) / 2h, for f a
/// random linear functional of the result.
///
/// The network computes in Float, the functional is summed in Double.
package func checkGradient(
  _ network: Network, images: Int = 2, sourceLocation: SourceLocation = #_sourceLocation
) {
  let run = network.record(for: .training, images: images)
  let weights = uniform(images * run.output.shape.count, seed: 50)
  run.train(weights)

  let inputs = network.varied(run).enumerated().map { number, tensor in
    let count = images * tensor.shape.count
    return Variable(
      name: "input \(number)", values: run.tape[tensor].slice(0, count),
      gradient: run.tape.gradient(tensor).prefix(count))
  }
  let parameters = network.parameters.layout.parameters.map {
    Variable(
      name: $0.name, values: network.parameters[$0], gradient: run.tape.gradient($0).array)
  }
  for variable in inputs + parameters {
    variable.check(sourceLocation) {
      network.parametersChanged()
      run.tape.forward()
      return zip(run.result(images), weights).map { Double($0) * Double($1) }
    }
  }
}

/// Numbers to be varied one by one, with the tape's gradient.
private struct Variable {
  let name: String
  let values: Floats
  let gradient: [Float]

  /// Truncation errs by h²/6·f‴ = 1e-5·f‴ and rounding by about ε·f/h = 1.5e-5·f: near the step,
  /// (3ε)^⅓, at which their sum is least.
  private static let step: Float = 0x1p-7
  /// Relative to the largest of the variable's gradients: several times the truncation error of the
  /// networks tested, and far below the error of any wrong term.
  private static let tolerance = 2e-4

  /// - Parameter terms: the functional's terms for the values as they are.
  func check(_ sourceLocation: SourceLocation, terms: () -> [Double]) {
    // A unit in the last place of each result: about the rounding error of a few layers.
    let rounding = terms().reduce(0) { $0 + abs($1) } * 0x1p-23 / Double(Variable.step)
    let differences = (0..<values.count).map { i in
      let (middle, low, high) = (
        values[i], values[i] - Variable.step, values[i] + Variable.step
      )
      values[i] = high
      let above = terms().reduce(0, +)
      values[i] = low
      let below = terms().reduce(0, +)
      values[i] = middle
      return (above - below) / (Double(high) - Double(low))
    }
    let largest = differences.reduce(0) { max($0, abs($1)) }
    let errors = zip(gradient, differences).map { abs(Double($0) - $1) }
    let worst = errors.indices.max { errors[$0] < errors[$1] } ?? 0
    #expect(
      errors.allSatisfy { $0 <= Variable.tolerance * largest + rounding },
      """
      \(name)[\(worst)]: gradient \(gradient[worst]), difference \(differences[worst]), \
      largest \(largest), rounding \(rounding)
      """,
      sourceLocation: sourceLocation)
  }
}
