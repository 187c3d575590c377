// L_vlb: the variational bound itself as an objective (Ho et al. 2020, Eq. 5).

import Foundation
internal import Kernels
internal import Numerics

/// T · L_{t-1} in bits per dimension, so that its mean over the timesteps is the bound but for the prior:
///
/// ```
/// L_{t-1} = KL(q(x_{t-1} | x_t, x_0) || p(x_{t-1} | x_t))     t in 2...T
/// L_0 = -log2 p(x_0 | x_1), through the discretized decoder (Eq. 13)
/// ```
/// On a learned process, whose first timestep is as good as the image, L_0 is that of VDM, which asks no
/// network (Kingma et al. 2021, Section 3.3), and adds nothing here.
///
/// With a network that outputs the mean this is the model of Sohl-Dickstein et al. (2015). A network that
/// learns the variance is trained for both (Nichol and Dhariwal 2021, L_vlb).
public struct BoundLoss: Objective {
  /// The variance of p(x_{t-1} | x_t) of a network that does not learn it.
  public var variance: PosteriorVariance

  /// The bound.
  ///
  /// - Parameter variance: DDPM's choice; a network that learns the variance has its own.
  public init(variance: PosteriorVariance = .small) { self.variance = variance }

  /// Adds T · L_{t-1}, with its gradient.
  public func evaluate(_ example: inout Example) {
    let weight = Double(example.schedule.last.value)
    if example.variance == nil {
      addFixed(&example, weight: weight)
    } else {
      example.addLearnedBound(weight: weight, .both)
    }
  }

  private func addFixed(_ example: inout Example, weight: Double) {
    let (t, schedule) = (example.timestep, example.schedule)
    let bits = weight * Example.bitsPerNat
    guard t > Timestep(1) else {
      if schedule.beginsWithNoise {
        example.addNothing()
      } else {
        example.addDecoder(deviation: schedule.decoderVariance.squareRoot(), weight: bits)
      }
      return
    }
    let posterior = schedule.posterior(from: t, to: t.advanced(by: -1))
    let sigma2 = posterior.variance(variance)
    let c2 = posterior.x0Weight * posterior.x0Weight
    example.addSquaredError(
      from: example.prediction.target(at: t, in: schedule),
      weight: bits * c2 / (2 * sigma2)
        * example.prediction.squaredImageSlope(at: t, in: schedule))
    let excess = gaussianDivergence(varianceRatio: posterior.variance(.small) / sigma2)
    example.loss += bits * excess * Double(example.output.count)
  }
}

/// L_simple for the mean, and the bound for the variance alone, of a network that learns the variance
/// (Nichol and Dhariwal 2021, Eq. 16):
///
/// ```
/// L_hybrid = L_simple + λ · L_vlb      λ = 1/1000 of the sum over the timesteps
/// ```
/// The mean in L_vlb is taken as it is: no gradient goes there. The network has to output a variance. For
/// one timestep of T the weight of L_{t-1}, in bits per dimension, is T/1000.
public struct HybridLoss: Objective {
  /// The part for the mean.
  public var simple: SimpleLoss

  /// The hybrid.
  ///
  /// - Parameter simple: the part for the mean.
  public init(simple: SimpleLoss = SimpleLoss()) { self.simple = simple }

  private static let lambda = 0.001

  /// Adds both parts, with their gradients.
  public func evaluate(_ example: inout Example) {
    simple.evaluate(&example)
    example.addLearnedBound(
      weight: HybridLoss.lambda * Double(example.schedule.last.value), .varianceOnly)
  }
}

// MARK: - Terms of an example

extension Example {
  /// Which of the network's outputs get a gradient.
  enum Learner { case both, varianceOnly }

  static let bitsPerNat = 1 / M_LN2

  /// Adds weight times -ln p(x_0 | x_1), the mean being the estimate of x_0.
  fileprivate mutating func addDecoder(deviation: Double, weight: Double) {
    let slope = estimateImage()
    loss +=
      weight
      * discretizedNats(
        x0.floats, mean: target.floats, deviation: deviation,
        scale: Float(weight * slope) * scale, gradient: gradient.floats)
  }

  /// Adds weight times L_{t-1} in bits per dimension, with the network's own variance for every value.
  fileprivate mutating func addLearnedBound(weight: Double, _ learner: Learner) {
    guard let variance, let varianceGradient else {
      preconditionFailure("the network does not learn the variance")
    }
    let before = timestep.advanced(by: -1)
    if before == .zero, schedule.beginsWithNoise {
      switch learner {
      case .both: addNothing()
      case .varianceOnly: varianceGradient.floats.fill(0)
      }
      return
    }
    let (small, large) = schedule.logVariances(from: timestep, to: before)
    let range = LogVarianceRange(small: small, large: large)
    let slope = estimateImage()
    let bits = weight * Example.bitsPerNat
    let gradients = VarianceGradients(
      mean: learner == .both ? gradient.floats : nil, output: varianceGradient.floats,
      meanScale: Float(bits * slope) * scale, outputScale: Float(bits) * scale)
    if before == .zero {
      loss +=
        bits
        * range.discretizedNats(
          x0.floats, mean: target.floats, variance.floats, gradients: gradients)
    } else {
      let posterior = schedule.posterior(from: timestep, to: before)
      loss +=
        bits
        * range.divergence(
          from: posterior.variance(.small), weight: posterior.x0Weight, x0.floats, target.floats,
          variance.floats, gradients: gradients)
    }
  }

  /// Sets gradients of 0.
  fileprivate mutating func addNothing() {
    gradient.floats.fill(0)
    varianceGradient?.floats.fill(0)
  }

  /// Puts the estimate of x_0, not clipped, into the room for the target.
  ///
  /// - Returns: ∂x̂0/∂output.
  private func estimateImage() -> Double {
    let estimate = prediction.estimate(of: .sample, at: timestep, in: schedule)
    target.set(estimate.xtWeight * xt + estimate.outputWeight * output)
    return estimate.outputWeight
  }
}
