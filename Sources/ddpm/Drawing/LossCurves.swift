// The losses of a training over its steps, as its log has them.

import Diffusion

/// What there is to see of a training: its loss, and the loss on held-out images.
package struct LossCurves: Equatable, Sendable {
  /// A loss and the step after which it was measured.
  package struct Point: Equatable, Sendable {
    package let step: Int
    package let loss: Double

    package init(step: Int, loss: Double) {
      (self.step, self.loss) = (step, loss)
    }
  }

  /// The loss of single batches.
  package var training: [Point] = []
  /// The held-out loss.
  package var heldOut: [Point] = []

  package init(training: [Point] = [], heldOut: [Point] = []) {
    (self.training, self.heldOut) = (training, heldOut)
  }

  /// The losses that a plot can show; others are none of ours.
  private static let sizes = 1e-30...1e30

  /// Reads a `metrics.jsonl`; lines that tell no loss, such as one that a crash cut short, are
  /// passed over.
  ///
  /// - Throws: `FileError` when the file is missing or unreadable.
  package init(log path: String) throws(FileError) {
    self.init()
    for line in try readFile(path).split(separator: UInt8(ascii: "\n")) {
      guard let record = try? JSON.parse(line), let step = MetricsRecord.step(of: record)
      else { continue }
      func point(_ key: String) -> [Point] {
        guard let loss = record.member(key)?.double,
          loss == 0 || LossCurves.sizes.contains(abs(loss))
        else { return [] }
        return [Point(step: step, loss: loss)]
      }
      training += point("loss")
      heldOut += point("held_out_loss")
    }
  }

  /// A curve without its noise: the mean of each point and its neighbours, up to `reach` on either
  /// side, but no more than a quarter of the way back to the beginning, which is steep.
  package static func smoothed(_ points: [Point], reach: Int) -> [Point] {
    let sums = points.reduce(into: [0.0]) { sums, point in
      sums.append((sums.last ?? 0) + point.loss)
    }
    return points.indices.map { place in
      let near = min(place / 4, reach)
      let range = place - near..<min(points.count, place + near + 1)
      let mean = (sums[range.upperBound] - sums[range.lowerBound]) / Double(range.count)
      return Point(step: points[place].step, loss: mean)
    }
  }
}
