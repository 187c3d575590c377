// Adam with decoupled weight decay, clipping and an EMA of the parameters: one parameter's step.

import Kernels

extension Reference {
  /// A parameter with what the optimizer keeps of it.
  package struct Trained {
    package var value: Double
    package var moments = (0.0, 0.0)
    package var ema: Double

    package init(_ value: Double, ema: Double) {
      (self.value, self.ema) = (value, ema)
    }

    /// Loshchilov & Hutter 2019, Algorithm 2; the EMA after the step.
    package mutating func take(_ step: AdamStep, gradient: Double) {
      let g = gradient * Double(step.gradientScale)
      let decays = (Double(step.decays.0), Double(step.decays.1))
      moments.0 = decays.0 * moments.0 + (1 - decays.0) * g
      moments.1 = decays.1 * moments.1 + (1 - decays.1) * g * g
      let m = moments.0 / Double(step.corrections.0)
      let v = moments.1 / Double(step.corrections.1)
      let rate = Double(step.learningRate)
      value -= rate * Double(step.weightDecay) * value
      value -= rate * m / (v.squareRoot() + Double(step.epsilon))
      let kept = Double(step.emaDecay)
      ema = kept * ema + (1 - kept) * value
    }
  }
}
