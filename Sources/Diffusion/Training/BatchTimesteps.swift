// Which timesteps a batch is noised to: one of each of as many equal ranges as it has images.

/// Stratified timesteps of 1...T: each is uniform, as DDPM's Algorithm 1 asks, and together they
/// cover the process evenly. The loss differs more between timesteps than between images, so its
/// gradient is less noisy than with independent ones (Kingma et al. 2021, Appendix I.1).
package struct BatchTimesteps {
  private let last: Timestep
  private let batch: Int

  package init(last: Timestep, batch: Int) {
    precondition(batch > 0, "timesteps for \(batch) images")
    (self.last, self.batch) = (last, batch)
  }

  /// The timestep of the batch's image `item`: of the range item/batch ..< (item + 1)/batch of the
  /// process, the place that `chance` in 0 ..< 1 says.
  package func timestep(_ item: Int, chance: Double) -> Timestep {
    let place = (Double(item) + chance) / Double(batch) * Double(last.value)
    return Timestep(index: min(Int(place), last.value - 1))
  }
}
