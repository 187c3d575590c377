// Ways between two points of noise.

import Foundation
internal import Kernels

extension Images {
  /// Rows of images on the great circles between pairs of these (DDIM Eq. 67): of images 2r and
  /// 2r + 1, an angle θ apart, row r goes at even angles from the one to the other.
  ///
  /// ```
  /// x(α) = sin((1 - α)θ)/sin θ · x(0) + sin(αθ)/sin θ · x(1)
  /// ```
  ///
  /// On the straight line between them the noise would be too weak half-way: the network is only trained
  /// on noise of variance 1.
  ///
  /// - Parameter columns: images per row, both ends included; at least 2.
  /// - Returns: the rows, one after the other; an odd image at the end is left out.
  package func greatCircles(columns: Int) -> Images {
    precondition(columns >= 2, "a way of \(columns) images")
    let memory = FloatMemory(values)
    let rows = count / 2
    let result = FloatMemory(count: rows * columns * size.values)
    withExtendedLifetime(memory) {
      for row in 0..<rows {
        let from = memory.all.slice(2 * row * size.values, size.values)
        let to = memory.all.slice((2 * row + 1) * size.values, size.values)
        let lengths = (dotProduct(from, from) * dotProduct(to, to)).squareRoot()
        let cosine = dotProduct(from, to) / lengths
        for column in 0..<columns {
          let share = Double(column) / Double(columns - 1)
          // With a length of 0 the cosine is not a number; `min` then returns 1.
          let weights = Images.weights(share, angle: acos(max(-1, min(1, cosine))))
          let target = result.all.slice((row * columns + column) * size.values, size.values)
          combine(weights.from, from, weights.to, to, into: target)
        }
      }
    }
    return Images(size: size, values: result.array)
  }

  /// The weights of the ends; in one direction, or opposite, they leave no circle but a line.
  private static func weights(_ share: Double, angle: Double) -> (from: Double, to: Double) {
    let sine = sin(angle)
    guard sine > smallestSine else { return (1 - share, share) }
    return (sin((1 - share) * angle) / sine, sin(share * angle) / sine)
  }

  /// Below this the quotients of sines lose half their digits.
  private static let smallestSine = 1e-8
}
