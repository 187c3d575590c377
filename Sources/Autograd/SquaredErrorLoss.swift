// Training a tape by the squared error of its result.

package import Kernels

extension Tape {
  /// Σ (result - target)² of all images, and the gradients of `scale` times that.
  ///
  /// - Parameters:
  ///   - target: [N, H, W, C], as the result.
  ///   - scale: what the sum is multiplied with in the loss.
  package func train(_ result: Tensor, towards target: Floats, scale: Float) -> Double {
    let count = result.shape.count
    var sum = 0.0
    train { images in
      let part = target.slice(images.lowerBound * count, images.count * count)
      sum += squaredError(
        self[result], target: part, gradient: gradient(result), slope: 2 * scale,
        count: part.count)
    }
    return sum
  }
}
