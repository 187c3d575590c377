// The estimates of x0 along the way from noise: one row per image, or one frame per step.

import Diffusion
import Synchronization

/// The estimates of x0 at some of a sampling's steps, gathered while it runs (DDPM, Figure 6).
final class ProgressiveGrid: Sendable {
  private let target: ProgressiveFile
  /// The steps whose estimates are shown, as places in the path.
  private let indices: [Int]
  private let timesteps: [Timestep]
  private let size: ImageSize
  /// One row per image.
  private let pixels: Mutex<[UInt8]>

  /// How long a step is shown, and the finished images after them.
  private static let (stepTime, endTime): (UInt16, UInt16) = (80, 2000)

  init(_ count: Int, _ size: ImageSize, _ path: [Timestep], for target: ProgressiveFile) {
    self.target = target
    indices = ProgressiveGrid.shown(of: path.count - 1, most: target.mostSteps)
    timesteps = indices.map { path[$0] }
    self.size = size
    pixels = Mutex([UInt8](repeating: 0, count: count * indices.count * size.values))
  }

  /// The places of the steps that are shown: evenly from the first to the last.
  static func shown(of steps: Int, most: Int) -> [Int] {
    guard steps > most else { return Array(0..<steps) }
    return (0..<most).map { $0 * (steps - 1) / (most - 1) }
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
  /// - Parameters:
  ///   - images: what came of the steps.
  ///   - rows: of the images' grid where it is filled column by column.
  ///   - columns: of the images' grid; nil is square.
  ///   - text: what a PNG says about the samples; the timesteps are added.
  /// - Throws: `FileError`.
  func write(
    _ images: ByteImages, rows: Int?, columns: Int?, _ text: [(key: String, value: String)]
  ) throws {
    let visited = timesteps.map(\.description).joined(separator: " ")
    let all = ByteImages(size: size, pixels: pixels.withLock { $0 })
    switch target {
    case .rows(let file):
      try file.arranged(columns: indices.count).write(
        all, text: text + [("columns", "estimates of x0 at timesteps \(visited)")])
    case .moving(let path):
      let scale = OutputFile.scale(for: size, count: images.count)
      func frame(_ images: ByteImages, _ time: UInt16) -> PNG.Frame {
        let grid =
          if columns == nil, let rows {
            images.grid(rows: rows, scale: scale)
          } else {
            images.grid(columns: columns, scale: scale)
          }
        return PNG.Frame(grid, milliseconds: time)
      }
      let steps = indices.indices.map { step in
        frame(
          all.picked((0..<images.count).map { $0 * indices.count + step }),
          ProgressiveGrid.stepTime)
      }
      try PNG.write(
        steps + [frame(images, ProgressiveGrid.endTime)], to: path,
        text: text + [("frames", "estimates of x0 at timesteps \(visited), then the images")])
    }
  }
}
