// From images to noise: DDIM's ordinary differential equation backwards (Song et al. 2020, 4.3).

/// The deterministic step of DDIM in Euler's form, from each timestep to the next noisier one.
///
/// An image counts as x_1: the network is not trained at timestep 0, and on the cosine schedule of 1000
/// timesteps the two differ by less than one level of grey. Estimates are never clipped, which could not
/// be undone when decoding.
///
/// A network that predicts noise is evaluated at the timestep a step leads to: the step then undoes the
/// decoder's, which is evaluated at the same timestep, except for the network's input. With a twentieth
/// of the timesteps the error is a third of that of Euler's own choice, the timestep where the step
/// begins. Other predictions of one timestep cannot be used at another.
public struct DDIMEncoder: Sampler, Equatable {
  /// The encoder.
  public init() {}

  /// DDIM's encoder.
  public var name: String { "DDIM encoder" }
  /// Always.
  public var isDeterministic: Bool { true }

  /// Steps from x_t to the noisier x_s.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let weights = weights(from: t, to: s, in: walk.schedule)
    let x0 = walk.estimate(
      at: t, conditionedOn: walk.prediction == .noise ? s : t, clipping: Clipping.none)
    walk.x.set(weights.xtWeight * walk.x + weights.x0Weight * x0)
  }

  /// The weights of a step: x_s as a mix of the estimate and the noise that remains of x_t.
  ///
  /// - Parameters:
  ///   - t: in 1 ..< T.
  ///   - s: in t + 1 ... T.
  ///   - schedule: the forward process.
  public func weights(
    from t: Timestep, to s: Timestep, in schedule: NoiseSchedule
  ) -> StepWeights {
    let mean = Prediction.sample.estimate(of: schedule.noised(at: s), at: t, in: schedule)
    return StepWeights(xtWeight: mean.xtWeight, x0Weight: mean.outputWeight, sigma: 0)
  }

  /// The timesteps to visit, from x_1 to the noisiest.
  ///
  /// - Parameter grid: the timesteps of decoding, strictly decreasing; data follows the last of them.
  package static func path(against grid: [Timestep]) -> [Timestep] {
    [Timestep(1)] + grid.reversed().drop { $0 == Timestep(1) }
  }
}
