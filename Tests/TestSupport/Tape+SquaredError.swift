// Training a tape by the squared error of its result, for gradients that are known.

import Autograd
import Kernels

extension Tape {
  /// Σ (result - target)² of all images, and the gradients of `scale` times that.
  ///
  /// - Parameters:
  ///   - target: [N, H, W, C], as the result.
  ///   - scale: what the sum is multiplied by in the loss.
  package func train(_ result: Tensor, towards target: Floats, scale: Float) -> Double {
    let count = result.shape.count
    var sum = 0.0
    train { images in
      let values = images.count * count
      addSquaredError(
        self[result].slice(0, values), target: target.slice(images.lowerBound * count, values),
        gradient: gradient(result), slope: 2 * scale, weight: 1, to: &sum)
    }
    return sum
  }
}
