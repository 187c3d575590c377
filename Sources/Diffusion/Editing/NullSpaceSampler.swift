// Images whose block means are given: upscaling by the null space (DDNM, Wang et al. 2023).

internal import Kernels
internal import Numerics

/// DDIM whose every estimate of x0 is made to agree with smaller images (Eq. 13): with A the means of K x K
/// pixels, and A⁺ their repetition,
///
/// ```
/// x̂0 ← x̂0 + A⁺ (y - A x̂0)
/// ```
/// so that A x̂0 = y, and the network decides about the rest, A's null space.
public struct NullSpaceSampler: Sampler {
  /// y, the smaller images: one for each that is drawn, by its number.
  public let means: Images
  /// K.
  public let factor: Int
  /// How a step is taken.
  public var base: DDIMSampler
  /// The smaller images, where kernels read them.
  private let memory: FloatMemory

  /// Upscaling of images.
  ///
  /// - Parameters:
  ///   - means: the smaller images, in [-1, 1].
  ///   - factor: how many times smaller than those that are drawn.
  ///   - base: how a step is taken.
  public init(_ means: Images, factor: Int, by base: DDIMSampler = DDIMSampler()) {
    precondition(factor > 0, "images \(factor) times smaller")
    (self.means, self.factor, self.base) = (means, factor, base)
    memory = FloatMemory(means.values)
  }

  /// The paper's name.
  public var name: String { "DDNM" }
  /// DDIM's.
  public var isDeterministic: Bool { base.isDeterministic }

  /// Makes sure that DDIM's eta is possible.
  public func check(in schedule: NoiseSchedule) throws(SamplingError) {
    try base.check(in: schedule)
  }

  /// Steps with the estimate that has the means.
  public func step(_ walk: inout Walk, from t: Timestep, to s: Timestep) {
    let x0 = walk.estimate(at: t)
    setMeans(of: x0, walk.images, isLast: s == .zero)
    let weights = base.weights(from: t, to: s, in: walk.schedule)
    walk.x.set(weights.xtWeight * walk.x + weights.x0Weight * x0)
    walk.addNoise(weights.sigma, at: t)
  }

  /// - Parameter isLast: whether the estimate is the image, which stays within the range of images.
  private func setMeans(of x0: Block, _ images: Range<Int>, isLast: Bool) {
    let small = means.size.values
    let values = small * factor * factor
    precondition(
      images.upperBound <= means.count && x0.count == images.count * values,
      "\(means.count) images of \(means.size), \(factor) times smaller than \(x0.count) values of"
        + " images \(images)")
    for (place, image) in images.enumerated() {
      let blocks = BlockMeans(
        of: x0.floats.slice(place * values, values), memory.all.slice(image * small, small),
        width: means.size.width * factor, channels: means.size.channels, factor: factor)
      if isLast { blocks.set(within: 1) } else { blocks.set() }
    }
  }
}

extension Images {
  /// The means of K x K pixels: images K times smaller.
  ///
  /// - Parameter factor: K, which height and width are multiples of.
  public func shrunk(by factor: Int) -> Images {
    precondition(
      factor > 0 && size.height % factor == 0 && size.width % factor == 0,
      "images of \(size) made \(factor) times smaller")
    let small = ImageSize(
      height: size.height / factor, width: size.width / factor, channels: size.channels)
    let result = (0..<count * small.values).map { place -> Float in
      let (image, rest) = place.quotientAndRemainder(dividingBy: small.values)
      let (pixel, channel) = rest.quotientAndRemainder(dividingBy: size.channels)
      let (y, x) = (pixel / small.width * factor, pixel % small.width * factor)
      let sum = (0..<factor * factor).reduce(0.0) { sum, part in
        let row = (y + part / factor) * size.width + x + part % factor
        return sum + Double(values[image * size.values + row * size.channels + channel])
      }
      return Float(sum / Double(factor * factor))
    }
    return Images(size: small, values: result)
  }
}
