// Dropout: training forgets some values and scales the others up.

internal import Kernels

/// y = mask·x with mask 0 with probability `rate` and 1/(1 - rate) otherwise (Srivastava et al. 2014).
struct DropoutOperation: Operation {
  let rate: Float
  let seed: UInt64
  /// Which of the network's dropouts this is: the masks of two are independent.
  let layer: UInt32
  let x: Tensor
  let y: Tensor
  let mask: Tensor

  var inputs: [Tensor] { [x] }
  var outputs: [Tensor] { [y, mask] }
  var kept: [Tensor] { [mask] }

  func forward(_ tape: Tape) {
    // A stream a layer, behind all others, so that no two masks share their random numbers.
    let random = Philox(seed: seed, stream: RandomStream.dropout.rawValue + layer)
    for image in 0..<tape.images {
      random.fillMask(
        tape[mask, image], rate: rate, kept: 1 / (1 - rate),
        item: tape.place.firstItem + UInt32(tape.firstImage + image),
        time: tape.place.step)
    }
    multiply(
      tape[x], tape[mask], into: tape[y], .overwrite, count: tape.images * x.shape.count)
  }

  func backward(_ tape: Tape) {
    guard let dx = tape.gradientTarget(x) else { return }
    multiply(
      tape.gradient(y), tape[mask], into: dx.floats, dx.accumulation,
      count: tape.images * x.shape.count)
  }
}
