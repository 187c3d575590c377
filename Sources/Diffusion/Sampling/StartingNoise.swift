// The noise that images start from.

internal import Autograd
internal import Kernels

extension DiffusionModel {
  /// x_T of the first images of a seed: what `sample` starts from when it is given no start.
  ///
  /// - Parameters:
  ///   - count: how many images.
  ///   - seed: the seed.
  ///   - first: the first one's number.
  /// - Returns: standard normal numbers, [N, H, W, C].
  package func noise(_ count: Int, seed: UInt64, first: Int = 0) -> Images {
    Images.noise(count, size: imageSize, seed: seed, first: first)
  }
}

extension Images {
  /// Standard normal numbers of the first images of a seed.
  ///
  /// - Parameters:
  ///   - count: how many images.
  ///   - size: of each.
  ///   - seed: the seed.
  ///   - first: the first one's number.
  /// - Returns: [N, H, W, C].
  package static func noise(
    _ count: Int, size: ImageSize, seed: UInt64, first: Int = 0
  ) -> Images {
    let random = Philox(seed: seed, stream: RandomStream.sampling.rawValue)
    let memory = FloatMemory(count: count * size.values)
    for image in 0..<count {
      let target = memory.all.slice(image * size.values, size.values)
      random.fillNormal(target, item: UInt32(first + image), time: UInt32(Timestep.zero.value))
    }
    return Images(size: size, values: memory.array)
  }
}
