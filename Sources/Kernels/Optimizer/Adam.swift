// The optimizer's step over a run of parameters: Adam, decoupled weight decay and the EMA.

/// One step's coefficients.
package struct AdamStep: Sendable {
  package var learningRate: Float
  /// Decay of the first and the second moment.
  package var decays: (Float, Float)
  /// 1 - decay^step of each: the correction for moments that started at zero.
  package var corrections: (Float, Float)
  package var epsilon: Float
  package var weightDecay: Float
  /// What gradients are multiplied with: the clipping of their norm.
  package var gradientScale: Float
  /// The EMA's decay: 0 copies the parameters.
  package var emaDecay: Float

  package init(
    learningRate: Float, decays: (Float, Float), corrections: (Float, Float), epsilon: Float,
    weightDecay: Float, gradientScale: Float, emaDecay: Float
  ) {
    self.learningRate = learningRate
    self.decays = decays
    self.corrections = corrections
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.gradientScale = gradientScale
    self.emaDecay = emaDecay
  }
}

/// Adam (Kingma & Ba 2015) with decoupled decay (Loshchilov & Hutter 2019) and a moving average of
/// the parameters, for `count` parameters from `first`: one pass over memory instead of three.
package func adam(
  _ step: AdamStep, parameters: Floats, gradients: Floats, moments: (Floats, Floats),
  ema: Floats, first: Int, count: Int
) {
  parameters.requireRange(first, count)
  gradients.requireRange(first, count)
  moments.0.requireRange(first, count)
  moments.1.requireRange(first, count)
  ema.requireRange(first, count)
  let (decay1, decay2) = step.decays
  let kept = 1 - step.learningRate * step.weightDecay
  let rate = step.learningRate / step.corrections.0
  let root = 1 / step.corrections.1.squareRoot()
  vectorized(count) { offset, n in
    let i = first + offset
    let g = Vector(at: gradients.base + i) * step.gradientScale
    let m = (Vector(at: moments.0.base + i) * decay1).adding(1 - decay1, times: g)
    let v = (Vector(at: moments.1.base + i) * decay2).adding(1 - decay2, times: g * g)
    let denominator = v.squareRoot() * root + step.epsilon
    let p = Vector(at: parameters.base + i) * kept - m * rate / denominator
    let old = Vector(at: ema.base + i)
    m.store(first: n, at: moments.0.base + i)
    v.store(first: n, at: moments.1.base + i)
    p.store(first: n, at: parameters.base + i)
    p.adding(step.emaDecay, times: old - p).store(first: n, at: ema.base + i)
  }
}

/// Σ x², summed in Double.
package func sumOfSquares(_ x: Floats) -> Double {
  var sum = 0.0
  for i in 0..<x.count { sum += Double(x.base[i]) * Double(x.base[i]) }
  return sum
}
