// From the network's output to an estimate of x0, kept within the range of images.

internal import Kernels

/// How estimates of x0 are kept within the range of images.
public enum Clipping: Equatable, Sendable {
  /// They are used as they are.
  case none
  /// They are cut off at plus and minus this, which is positive.
  case toRange(Double)
}

extension Prediction {
  /// Estimates x0 from x_t and an output of this kind (DDPM Eq. 15), and clips it.
  ///
  /// - Parameters:
  ///   - t: the timestep of x_t.
  ///   - result: where the estimate goes, which may be the output's place.
  /// - Returns: how many values were clipped.
  @discardableResult
  func estimateImage(
    at t: Timestep, in schedule: NoiseSchedule, xt: Floats, output: Floats, into result: Floats,
    _ clipping: Clipping
  ) -> Int {
    estimate(of: .sample, at: t, in: schedule)
      .apply(xt: xt, output: output, into: result)
    return switch clipping {
    case .none: 0
    case .toRange(let bound): clamp(result, to: bound)
    }
  }
}
