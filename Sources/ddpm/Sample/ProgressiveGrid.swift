// The estimates of x0 along the way from noise: one row per image, from left to right.

import Diffusion
import Synchronization

/// The estimates of x0 at some of a sampling's steps, gathered while it runs (DDPM, Figure 6).
final class ProgressiveGrid: Sendable {
  /// The steps whose estimates are shown, as places in the path.
  private let indices: [Int]
  private let timesteps: [Timestep]
  private let size: ImageSize
  /// One row per image.
  private let pixels: Mutex<[UInt8]>

  private static let mostColumns = 10

  init(_ count: Int, _ size: ImageSize, _ path: [Timestep]) {
    indices = ProgressiveGrid.columns(of: path.count - 1)
    timesteps = indices.map { path[$0] }
    self.size = size
    pixels = Mutex([UInt8](repeating: 0, count: count * indices.count * size.values))
  }

  /// The places of the columns' steps: evenly from the first to the last.
  static func columns(of steps: Int) -> [Int] {
    guard steps > mostColumns else { return Array(0..<steps) }
    return (0..<mostColumns).map { $0 * (steps - 1) / (mostColumns - 1) }
  }

  /// Takes what belongs into the grid.
  var observer: @Sendable (SamplingMoment) -> Void {
    { moment in
      guard let column = self.indices.firstIndex(of: moment.index) else { return }
      let values = self.size.values
      let estimates = ByteImages(moment.estimates).pixels
      self.pixels.withLock { pixels in
        for (place, image) in moment.places.enumerated() {
          let start = (image * self.indices.count + column) * values
          pixels.replaceSubrange(
            start..<start + values, with: estimates[place * values..<(place + 1) * values])
        }
      }
    }
  }

  /// Draws the grid.
  ///
  /// - Parameter text: what a PNG says about the samples; the timesteps are added.
  /// - Throws: `FileError`.
  func write(to file: OutputFile, _ text: [(key: String, value: String)]) throws {
    let visited = timesteps.map(\.description).joined(separator: " ")
    try file.arranged(columns: indices.count).write(
      ByteImages(size: size, pixels: pixels.withLock { $0 }),
      text: text + [("columns", "estimates of x0 at timesteps \(visited)")])
  }
}
