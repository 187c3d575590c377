// AdamW over a whole model, with clipping of the gradient's norm and an EMA of the weights.

package import Kernels

/// AdamW (Loshchilov & Hutter 2019; without decay it is Adam, Kingma & Ba 2015): its settings.
package struct AdamW: Sendable {
  package var decays: (Float, Float) = (0.9, 0.999)
  package var epsilon: Float = 1e-8
  package var weightDecay: Float = 0
  /// The largest norm that gradients keep; larger ones are scaled down to it.
  package var clip: Double = 1

  package init() {}

  /// The moments of every parameter's gradient.
  package final class Moments: Sendable {
    private let memory: (first: FloatMemory, second: FloatMemory)
    package var first: Floats { memory.first.all }
    package var second: Floats { memory.second.all }

    package init(_ layout: ParameterLayout) {
      memory = (FloatMemory(count: layout.count), FloatMemory(count: layout.count))
    }
  }

  /// Floats that one worker takes at a time; fixed, so that sums do not depend on the workers.
  private static let chunk = 1 << 15

  private static func chunks(_ floats: Floats) -> Int { (floats.count + chunk - 1) / chunk }

  /// √(Σ g²) over all parameters.
  package static func norm(_ gradients: Floats, _ workers: Workers) -> Double {
    let squares = (0..<chunks(gradients)).map { _ in SharedValue(0.0) }
    workers.each(squares.count) { i, _ in
      let first = i * chunk
      squares[i].value = sumOfSquares(
        gradients.slice(first, min(chunk, gradients.count - first)))
    }
    return squares.reduce(0) { $0 + $1.value }.squareRoot()
  }

  /// Updates the parameters by one step, and their EMA.
  ///
  /// - Parameters:
  ///   - number: of the step, counted from 1.
  ///   - norm: of the gradients.
  ///   - emaDecay: the EMA's decay; 0 copies the parameters.
  ///   - others: parameters that another optimizer updates, in the layout's order.
  package func step(
    _ number: Int, _ parameters: Parameters, gradients: Floats, norm: Double, moments: Moments,
    ema: Parameters, emaDecay: Double, learningRate: Double, workers: Workers,
    except others: [Parameter] = []
  ) {
    for floats in [gradients, moments.first, moments.second, ema.values] {
      precondition(
        floats.count == parameters.values.count,
        "\(floats.count) floats for \(parameters.values.count) parameters")
    }
    let step = AdamStep(
      learningRate: Float(learningRate), decays: decays,
      corrections: (
        Float(1 - pow(Double(decays.0), number)), Float(1 - pow(Double(decays.1), number))
      ),
      epsilon: epsilon, weightDecay: weightDecay, gradientScale: Float(gradientScale(norm)),
      emaDecay: Float(emaDecay))
    parameters.markChanged()
    ema.markChanged()
    let values = parameters.values
    let runs = AdamW.runs(of: values, except: others)
    workers.each(runs.count) { i, _ in
      adam(
        step, parameters: values, gradients: gradients,
        moments: (moments.first, moments.second), ema: ema.values, first: runs[i].lowerBound,
        count: runs[i].count)
    }
  }

  /// What gradients of a norm are multiplied by, so that none is longer than `clip`.
  package func gradientScale(_ norm: Double) -> Double {
    // The small term is PyTorch's, for gradients that are all zero.
    min(1, clip / (norm + 1e-6))
  }

  /// The places of all parameters but some, in pieces for one worker each.
  private static func runs(of values: Floats, except others: [Parameter]) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var start = 0
    for other in others {
      gaps.append(start..<other.offset)
      start = other.offset + FloatMemory.aligned(other.count)
    }
    gaps.append(start..<values.count)
    return gaps.flatMap { gap in
      stride(from: gap.lowerBound, to: gap.upperBound, by: chunk).map {
        $0..<min(gap.upperBound, $0 + chunk)
      }
    }
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest % 2 == 1 { result *= square }
      square *= square
      rest /= 2
    }
    return result
  }
}
