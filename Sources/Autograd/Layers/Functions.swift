// Operations without parameters, as functions of tensors.

extension Tape {
  /// x·σ(x).
  package func silu(_ x: Tensor) -> Tensor {
    record(SiLUOperation(x: x, y: tensor(x.shape)))
  }

  /// scale·x + offset.
  package func affine(_ x: Tensor, scale: Float, offset: Float = 0) -> Tensor {
    record(AffineOperation(scale: scale, offset: offset, x: x, y: tensor(x.shape)))
  }

  /// x, and beside it sin ωx and cos ωx for each n, ω = 2ⁿπ·255/256; x itself for none.
  ///
  /// - Parameter exponents: n, above 0.
  package func fourierFeatures(_ x: Tensor, exponents: [Int]) -> Tensor {
    guard !exponents.isEmpty else { return x }
    let shape = Shape(
      height: x.shape.height, width: x.shape.width,
      channels: x.shape.channels * (1 + 2 * exponents.count))
    return record(FourierOperation(exponents: exponents, x: x, y: tensor(shape)))
  }

  /// x + y.
  package func add(_ x: Tensor, _ y: Tensor) -> Tensor {
    precondition(x.shape == y.shape, "a sum of \(x.shape) and \(y.shape)")
    return record(AddOperation(x: x, y: y, z: tensor(x.shape)))
  }

  /// Twice the height and width, every pixel four times.
  package func upsample(_ x: Tensor) -> Tensor {
    let shape = Shape(
      height: 2 * x.shape.height, width: 2 * x.shape.width, channels: x.shape.channels)
    return record(UpsampleOperation(x: x, y: tensor(shape)))
  }

  /// Half the height and width, rounded up: the means of 2x2 pixels.
  package func averagePool(_ x: Tensor) -> Tensor {
    let shape = Shape(
      height: (x.shape.height + 1) / 2, width: (x.shape.width + 1) / 2,
      channels: x.shape.channels)
    return record(AveragePoolOperation(x: x, y: tensor(shape)))
  }

  /// -ln softmax(x)[label]: [N, 1, 1, 1].
  ///
  /// - Parameters:
  ///   - x: [N, 1, 1, classes].
  ///   - labels: [N, 1, 1, 1], class numbers as floats.
  package func crossEntropy(_ x: Tensor, labels: Tensor) -> Tensor {
    precondition(
      x.shape.pixels == 1 && labels.shape == Shape(channels: 1),
      "the cross-entropy of \(x.shape) and labels of \(labels.shape)")
    return record(
      CrossEntropyOperation(
        x: x, labels: labels, y: tensor(labels.shape),
        probabilities: tensor(x.shape, differentiable: false)))
  }

  /// One tensor of the channels of all.
  package func concatenate(_ x: ChannelConcatenation) -> Tensor {
    if x.tensors.count == 1 { return x.tensors[0] }
    return record(ConcatenateOperation(x: x, y: tensor(x.shape)))
  }

  /// softmax(q·kᵀ/√depth)·v over the pixels, in `heads` equal groups of channels.
  package func attention(q: Tensor, k: Tensor, v: Tensor, heads: Int) -> Tensor {
    precondition(
      q.shape == k.shape && q.shape == v.shape && heads > 0 && q.shape.channels % heads == 0,
      "attention of \(q.shape), \(k.shape), \(v.shape) in \(heads) heads")
    return record(
      AttentionOperation(
        heads: heads, q: q, k: k, v: v, y: tensor(q.shape),
        statistics: tensor(Shape(channels: heads * q.shape.pixels), differentiable: false)))
  }

  /// x with some values set to zero, in training; x itself in inference or at rate 0.
  ///
  /// - Parameter layer: which of the network's dropouts this is.
  package func dropout(_ x: Tensor, rate: Float, seed: UInt64, layer: Int) -> Tensor {
    guard purpose == .training && rate > 0 else { return x }
    return record(
      DropoutOperation(
        rate: rate, seed: seed, layer: UInt32(layer), x: x, y: tensor(x.shape),
        mask: tensor(x.shape, differentiable: false)))
  }
}
