// The cross-entropy of a softmax with a class label: a classifier's loss.

internal import Kernels

/// y[n] = -ln softmax(x[n])[labels[n]].
struct CrossEntropyOperation: Operation {
  /// [N, 1, 1, classes].
  let x: Tensor
  /// [N, 1, 1, 1]: class numbers, as floats because a tape holds nothing else.
  let labels: Tensor
  /// [N, 1, 1, 1].
  let y: Tensor
  let probabilities: Tensor

  var inputs: [Tensor] { [x, labels] }
  var outputs: [Tensor] { [y, probabilities] }
  var kept: [Tensor] { [probabilities, labels] }

  func forward(_ tape: Tape) {
    for image in 0..<tape.images {
      let label = tape[labels][image]
      precondition(
        0..<x.shape.channels ~= Int(label), "label \(label) of \(x.shape.channels) classes")
    }
    crossEntropyForward(
      tape[x], labels: tape[labels], rows: tape.images, classes: x.shape.channels,
      probabilities: tape[probabilities], into: tape[y])
  }

  /// dx = dy·(softmax(x) - one at the label).
  func backward(_ tape: Tape) {
    guard let dx = tape.gradientTarget(x) else { return }
    crossEntropyBackward(
      probabilities: tape[probabilities], labels: tape[labels], dy: tape.gradient(y),
      rows: tape.images, classes: x.shape.channels, into: dx.floats, dx.accumulation)
  }
}
