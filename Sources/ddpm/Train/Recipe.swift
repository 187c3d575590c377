// What a budget is best spent on, where the user leaves it open.

import Diffusion

extension UNetConfiguration.Preset {
  /// The network that a budget brings furthest: a large one learns more from each image, and a small one
  /// sees more of them.
  ///
  /// - Parameters:
  ///   - budget: how long the training is to be.
  ///   - images: in the data.
  ///   - batch: images of a step.
  static func best(for budget: Budget, images: Int, batch: Int) -> UNetConfiguration.Preset {
    switch budget {
    case .minutes(let minutes):
      switch minutes {
      case ..<mostMinutes.tiny: .tiny
      case ..<mostMinutes.small: .small
      default: .base
      }
    case .steps, .epochs:
      switch batch * (budget.steps(images: images, batch: batch) ?? 0) {
      case ..<mostImages.tiny: .tiny
      case ..<mostImages.small: .small
      default: .base
      }
    }
  }

  /// Minutes up to which each is best.
  private static let mostMinutes = (tiny: 90.0, small: 900.0)
  /// Images, counted as often as they are seen, up to which each is best.
  private static let mostImages = (tiny: 3_000_000, small: 10_000_000)
}
