// What a network learns in place of the images of its data: another model's answers.

/// Replaces the images and the noise that noisy images were made of by those that a network is to find
/// in them.
///
/// With x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε still true of the new pair, every objective compares the network's
/// output with the new pair's as it does with the old one's.
protocol Lesson: Sendable {
  /// Sets x_0 and ε of each draw.
  ///
  /// - Parameters:
  ///   - draws: one per image.
  ///   - examples: where x_0, ε and x_t of the draws are.
  func teach(_ draws: ArraySlice<Draw>, _ examples: ExampleLane)
}
