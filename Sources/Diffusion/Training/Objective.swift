// What a network is trained for: how its output is compared, and with what.

package import Kernels

/// A loss over noisy images, one example at a time.
///
/// The loss of a step is the weighted sum over the batch divided by its number of values.
public protocol Objective: Sendable {
  /// The timestep of an image of a batch.
  ///
  /// - Parameters:
  ///   - item: the image's place in the batch.
  ///   - batch: how many images the batch has.
  ///   - chance: a number in 0 ..< 1, drawn for this image.
  ///   - schedule: the forward process.
  func timestep(
    _ item: Int, of batch: Int, chance: Double, in schedule: NoiseSchedule
  ) -> Timestep

  /// Adds an example's loss to `example.loss` and sets its gradient.
  ///
  /// - Parameter example: x_0, ε, x_t, and the network's output for x_t.
  func evaluate(_ example: inout Example)
}

extension Objective {
  /// Stratified timesteps of 1...T: each is uniform, as DDPM's Algorithm 1 asks, and together they
  /// cover the process evenly. The loss differs more between timesteps than between images, so its
  /// gradient is less noisy than with independent ones (Kingma et al. 2021, Appendix I.1).
  public func timestep(
    _ item: Int, of batch: Int, chance: Double, in schedule: NoiseSchedule
  ) -> Timestep {
    precondition(batch > 0, "timesteps for \(batch) images")
    let last = schedule.last.value
    let place = (Double(item) + chance) / Double(batch) * Double(last)
    return Timestep(index: min(Int(place), last - 1))
  }
}

/// A noisy image with the network's output for it, for an objective to compare.
public struct Example {
  /// t of x_t.
  public let timestep: Timestep
  /// The image x_0, [H, W, C] in [-1, 1]; all blocks are of this shape.
  public let x0: Block
  /// The noise ε, standard normal.
  public let noise: Block
  /// The noisy image x_t, the network's input.
  public let xt: Block
  /// The network's output for x_t.
  public let output: Block
  /// The network's output for the variance of each value, where it learns that.
  public let variance: Block?
  /// To be set as `gradient`, for that output.
  public let varianceGradient: Block?
  /// Room for what the output is compared with.
  public let target: Block
  /// To be set to `scale` times the derivative of this example's loss with respect to the output.
  public let gradient: Block
  /// What this example's loss is multiplied by in the step's: its weight where timesteps are drawn unevenly, over
  /// the batch's number of values; 0 where only the loss is wanted.
  public let scale: Float
  /// What the network outputs.
  public let prediction: Prediction
  /// The forward process.
  public let schedule: NoiseSchedule
  /// A sum of losses that this example's is to be added to.
  public var loss: Double

  package init(
    _ timestep: Timestep, x0: Floats, noise: Floats, xt: Floats, output: Floats, target: Floats,
    gradient: Floats, variance: (output: Floats, gradient: Floats)? = nil, scale: Float,
    prediction: Prediction, schedule: NoiseSchedule, loss: Double
  ) {
    self.timestep = timestep
    (self.x0, self.noise, self.xt) = (Block(x0), Block(noise), Block(xt))
    (self.output, self.target, self.gradient) = (Block(output), Block(target), Block(gradient))
    self.variance = variance.map { Block($0.output) }
    varianceGradient = variance.map { Block($0.gradient) }
    (self.scale, self.prediction, self.schedule) = (scale, prediction, schedule)
    self.loss = loss
  }

  /// Adds weight·Σ (output - target)² to the loss, and sets the gradient.
  ///
  /// - Parameters:
  ///   - mix: the target as a mix of image and noise.
  ///   - weight: of this example, at its timestep.
  public mutating func addSquaredError(from mix: Mix, weight: Double = 1) {
    target.set(mix.x0Weight * x0 + mix.noiseWeight * noise)
    Kernels.addSquaredError(
      output.floats, target: target.floats, gradient: gradient.floats,
      slope: 2 * scale * Float(weight), weight: weight, to: &loss)
  }
}
