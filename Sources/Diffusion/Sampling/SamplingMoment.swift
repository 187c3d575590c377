// What an observer gets while images are drawn: a few of them, just after one of their steps.

/// Some of the images that `DiffusionModel.sample` draws, after a step.
public struct SamplingMoment: Sendable {
  /// Which of the images these are, counted from 0.
  public let places: Range<Int>
  /// Which of the plan's steps was taken, counted from 0.
  public let index: Int
  /// t, where the step started.
  public let timestep: Timestep
  /// s, where it led.
  public let next: Timestep
  /// x_s, where the step led; after the last step the finished images.
  public let images: Images
  /// x̂0 (DDPM Eq. 15), estimated from x_t, guided and clipped.
  public let estimates: Images
}
