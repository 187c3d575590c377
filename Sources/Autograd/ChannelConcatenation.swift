// Tensors that are read as one: a U-Net's skip connections without a copy.

/// The channels of one tensor, then those of the next: what `Tape.concatenate` copies together, for
/// operations that can read the tensors in place.
package struct ChannelConcatenation: Sendable {
  package let tensors: [Tensor]

  /// - Parameter tensors: of one height and width.
  package init(_ tensors: Tensor...) {
    precondition(
      !tensors.isEmpty
        && tensors.allSatisfy {
          $0.shape.height == tensors[0].shape.height && $0.shape.width == tensors[0].shape.width
        }, "side by side: \(tensors.map(\.shape))")
    self.tensors = tensors
  }

  /// The shape of the whole.
  var shape: Shape {
    Shape(
      height: tensors[0].shape.height, width: tensors[0].shape.width,
      channels: tensors.reduce(0) { $0 + $1.shape.channels })
  }

  var channels: Int { shape.channels }

  /// Each tensor with the range of its channels in the whole.
  var parts: [(tensor: Tensor, channels: Range<Int>)] {
    var next = 0
    return tensors.map { tensor in
      defer { next += tensor.shape.channels }
      return (tensor, next..<next + tensor.shape.channels)
    }
  }
}
