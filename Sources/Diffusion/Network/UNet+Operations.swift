// How much arithmetic a network's forward pass is.

internal import Autograd

extension UNet {
  /// Floating-point operations of one image: two per multiplication and addition of convolutions, dense
  /// layers and attention.
  func operations(size: ImageSize) -> Int {
    let tape = Tape(Parameters(layout, for: .inference), for: .inference, capacity: 1)
    _ = record(on: tape, .init(size))
    return tape.operationCount
  }
}
