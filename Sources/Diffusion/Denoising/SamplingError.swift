// What can be wrong with the sampling a user asks for.

/// A way of sampling that is impossible, and what to do instead.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
  /// More steps than timesteps, or none.
  case steps(Int, of: Int)
  /// Uniform spacing where T is not a multiple of the steps.
  case uneven(steps: Int, of: Int)
  /// Fewer steps than the sampler's order takes.
  case fewSteps(Int, least: Int, of: String)
  /// Leading spacing whose first timestep would lie behind T.
  case offset(Int, steps: Int, of: Int)
  /// A single step that starts where there is hardly any noise to remove.
  case reachesNoNoise(Timestep, StepSpacing)
  /// A timestep that the process does not have.
  case timestep(Timestep, of: Timestep)
  /// A step from a timestep to itself.
  case noStep(at: Timestep)
  /// An eta outside 0...1.
  case eta(Double)
  /// A range to clip to that is not a positive number.
  case clipping(Double)
  /// A largest threshold that would cut off values in the range of images.
  case largestThreshold(Double)
  /// A quantile to threshold at that is none.
  case quantile(Double)
  /// A class or guidance for a model without classes.
  case unconditional
  /// A class the model does not have.
  case noSuchClass(Int, of: Int)
  /// Guidance of a model that was never trained without its classes.
  case noNullClass
  /// A weight of guidance that is negative or not a number.
  case guidance(Double)
  /// A share of the rescaled guidance outside 0...1.
  case guidanceRescale(Double)
  /// A guide whose images are of another size than the model's.
  case guideSize(ImageSize, ImageSize)
  /// A guide with other classes than the model's; nil for none.
  case guideClasses(Int?, Int?)
  /// A guide of another noise schedule.
  case guideSchedule
  /// A sampler that reads the network's own variance, of a network that learned none.
  case noLearnedVariance
  /// More memory than the machine has, for so many images of a size.
  case memory(MemoryEstimate, images: Int, of: ImageSize)
  /// More operations for one evaluation of one image than any walk to it can wait for, and their memory.
  case operations(Int, MemoryEstimate, of: ImageSize)
  /// A table of another number of timesteps.
  case imageVariance(of: Int, Timestep)
  /// A network whose weights are numbers and whose outputs are not.
  case notFinite

  /// One line: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .steps(let steps, let count):
      return "\(steps) steps of \(count) timesteps: take 1 to \(count)"
    case .uneven(let steps, let count):
      return "uniform spacing needs a whole stride, and \(count) timesteps / \(steps) steps is not"
        + " one: take trailing spacing, or a number of steps that divides \(count)"
    case .fewSteps(let steps, let least, let sampler):
      return "\(sampler) takes \(least) steps or more, not \(steps): take more, or DDIM"
    case .memory(let estimate, let images, let size):
      let wayOut =
        images > 1
        ? "take fewer images, or fewer threads" : "see whether the model's sample_size is right"
      let work = images > 1 ? "\(images) images" : "an image"
      return "drawing \(work) of \(size) takes \(estimate), and this machine has"
        + " \(AvailableMemory.text(AvailableMemory.bytes)): \(wayOut)"
    case .operations(let operations, let estimate, let size):
      return
        "evaluating one image of \(size) takes \(operations / 1_000_000_000_000)·10¹² operations and"
        + " \(estimate): see whether the model's sample_size is right"
    case .offset(let offset, let steps, let count):
      return "a steps offset of \(offset) leads beyond timestep \(count) in \(steps) steps:"
        + " take fewer steps, or trailing spacing"
    case .reachesNoNoise(let timestep, let spacing):
      return
        "one step of \(spacing.rawValue) spacing visits timestep \(timestep) only, and images begin as"
        + " noise: take trailing spacing, or more steps"
    case .timestep(let timestep, let last):
      return "there is no timestep \(timestep): the process has \(last)"
    case .noStep(let t):
      return "a step from timestep \(t) to itself leads nowhere: leave one of the two out"
    case .eta(let eta):
      return "eta is \(eta), and must lie between 0 (DDIM) and 1 (DDPM)"
    case .clipping(let bound):
      return "images cannot be clipped to ±\(bound): take a positive number"
    case .largestThreshold(let most):
      return "dynamic thresholding takes a largest threshold of 1 or more, not \(most)"
    case .quantile(let quantile):
      return "dynamic thresholding takes a quantile from 0 to 1, not \(quantile)"
    case .unconditional:
      return "the model knows no classes, so it takes neither a class nor guidance"
    case .noSuchClass(let number, let count):
      return "there is no class \(number): the model has \(count), take 0 to \(count - 1), or all"
    case .noNullClass:
      return "the model has no null class (_ddpm_null_class in unet/config.json) to be guided away"
        + " from"
    case .guidance(let weight):
      return "the weight of guidance is \(weight), and must be 0, for none, or more"
    case .guidanceRescale(let share):
      return "guidance is rescaled by \(share), and must be by 0, not at all, to 1, wholly"
    case .guideSize(let guide, let model):
      return
        "the guide draws images of \(guide), the model of \(model): take one trained on the same"
        + " data"
    case .guideClasses(let guide, let model):
      let counts = [guide, model].map { $0.map { "\($0) classes" } ?? "no classes" }
      return
        "the guide has \(counts[0]), the model \(counts[1]): take one trained on the same labels"
    case .guideSchedule:
      return "the guide was trained with another noise schedule: take one with the model's"
    case .noLearnedVariance:
      return "the network did not learn the variance: take the small, large or optimal one"
    case .imageVariance(let count, let last):
      return "the optimal variance is that of \(count) timesteps, and the process has \(last):"
        + " estimate it for this model"
    case .notFinite:
      return "what the network computes is infinite or not a number: its weights cannot be right"
    }
  }
}
