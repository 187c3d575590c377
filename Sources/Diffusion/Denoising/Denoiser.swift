// One thread's network for drawing: evaluated for images that are all at one timestep, guided or not.

internal import Autograd
internal import Kernels

/// A lane with the class of each image.
struct Denoiser: Sendable {
  private let lane: NetworkLane<UNet.Graph>
  private let model: DiffusionModel
  private let choice: ClassChoice?
  private let guidance: Guidance?

  /// - Parameters:
  ///   - choice: the images' classes.
  ///   - guidance: away from the null class.
  ///   - batch: how many images it works on at most.
  init(_ model: DiffusionModel, classes choice: ClassChoice?, _ guidance: Guidance?, batch: Int) {
    (self.model, self.choice, self.guidance) = (model, choice, guidance)
    lane = NetworkLane(
      model.unet, model.parameters, for: .inference, size: model.imageSize,
      capacity: guidance == nil ? batch : 2 * batch)
  }

  /// The network's output for noisy images.
  ///
  /// With guidance the network is evaluated twice per image, in one run, and the outputs become
  /// (1 + w)·output(class) - w·output(no class). For a given x_t, every kind of output is the noise
  /// times one number plus a term that the class does not change, and the weights add up to 1:
  /// guiding the output is guiding the noise.
  ///
  /// - Parameters:
  ///   - xt: the noisy images.
  ///   - images: their numbers, which decide their classes.
  ///   - timestep: what the network is conditioned on.
  /// - Returns: as many values as `xt` has, valid until the next run.
  func output(_ xt: Floats, _ images: Range<Int>, at timestep: Timestep) -> Floats {
    let classes = model.classes(images, choice)
    let output = lane.output.slice(0, xt.count)
    lane.xt.copy(from: xt)
    guard let guidance else {
      run(images.count, at: timestep, classes)
      return output
    }
    lane.xt.slice(xt.count, xt.count).copy(from: xt)
    run(
      2 * images.count, at: timestep,
      classes + Array(repeating: guidance.nullClass, count: images.count))
    combine(
      1 + guidance.weight, output, -guidance.weight, lane.output.slice(xt.count, xt.count),
      into: output)
    return output
  }

  private func run(_ count: Int, at timestep: Timestep, _ classes: [Int]) {
    lane.condition(on: Array(repeating: timestep, count: count), classes: classes)
    lane.tape.forward()
  }
}
