// A tensor is a name for a block of values on a tape.

/// Height, width and channels of one image of a tensor, channels contiguous (NHWC).
package struct Shape: Hashable, Sendable, CustomStringConvertible {
  package let height: Int
  package let width: Int
  package let channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A vector: one pixel.
  package init(channels: Int) {
    self.init(height: 1, width: 1, channels: channels)
  }

  package var pixels: Int { height * width }
  /// Floats of one image.
  package var count: Int { pixels * channels }
  package var description: String { "\(height) x \(width) x \(channels)" }
}

/// A block of values that one operation writes and others read: [N, H, W, C], where N is the
/// number of images the tape is run with.
package struct Tensor: Hashable, Sendable {
  let index: Int
  package let shape: Shape

  /// Stops with a message unless the shape is the one that an operation reads or writes: other
  /// tensors' memory follows the block.
  func require(_ expected: Shape, _ role: @autoclosure () -> String) {
    precondition(shape == expected, "\(role()) is \(shape) instead of \(expected)")
  }

  /// The same values as one vector per image: another name for the block, nothing is copied.
  package var flattened: Tensor {
    Tensor(index: index, shape: Shape(channels: shape.count))
  }
}
