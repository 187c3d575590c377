// Dropout: in training, some values are set to zero and the others scaled up.

internal import Kernels

/// y = mask·x with mask 0 with probability `rate` and 1/(1 - rate) otherwise (Srivastava et al. 2014).
struct DropoutOperation: Operation {
  let rate: Float
  let seed: UInt64
  /// The number of this dropout in the network; different layers have independent masks.
  let layer: UInt32
  let x: Tensor
  let y: Tensor
  let mask: Tensor

  var inputs: [Tensor] { [x] }
  var outputs: [Tensor] { [y, mask] }
  var kept: [Tensor] { [mask] }

  func forward(_ tape: Tape) {
    // One stream per layer, so that no two masks share random numbers.
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
