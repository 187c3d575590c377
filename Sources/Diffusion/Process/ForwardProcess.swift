// The forward process: an image at any timestep in one step.

package import Kernels

extension NoiseSchedule {
  /// x_t as a mix of image and noise (DDPM Eq. 4):
  ///
  /// ```
  /// x_t = √ᾱ_t x0 + √(1 - ᾱ_t) ε
  /// ```
  /// - Parameter t: in 0...T.
  public func noised(at t: Timestep) -> Mix {
    Mix(
      x0Weight: alphaBar(t).squareRoot(), noiseWeight: (1 - alphaBar(t)).squareRoot())
  }

  /// Draws from q(x_t | x_0), given the noise: every image at a timestep of its own.
  ///
  /// - Parameters:
  ///   - images: N images x0 in [-1, 1].
  ///   - noise: N images of standard normal numbers.
  ///   - timesteps: N timesteps in 0...T.
  /// - Returns: N images x_t.
  public func noised(_ images: Images, noise: Images, at timesteps: [Timestep]) -> Images {
    precondition(
      images.size == noise.size && images.count == noise.count,
      "\(images.count) images of \(images.size), noise for \(noise.count) of \(noise.size)")
    precondition(
      images.count == timesteps.count,
      "\(images.count) images, \(timesteps.count) timesteps")
    let (x, epsilon) = (FloatMemory(images.values), FloatMemory(noise.values))
    return withExtendedLifetime((x, epsilon)) {
      timesteps.map(noised(at:)).apply(x0: x.all, noise: epsilon.all, into: x.all)
      return Images(size: images.size, values: x.all.array)
    }
  }
}

extension [Mix] {
  /// Computes a batch in which every image has a mix of its own.
  ///
  /// - Parameters: all three hold as many floats an image; `result` may be one of the others.
  package func apply(x0 images: Floats, noise: Floats, into result: Floats) {
    guard !isEmpty else { return }
    precondition(images.count % count == 0, "\(images.count) floats for \(count) images")
    let size = images.count / count
    for (index, mix) in enumerated() {
      mix.apply(
        x0: images.slice(index * size, size), noise: noise.slice(index * size, size),
        into: result.slice(index * size, size))
    }
  }
}
