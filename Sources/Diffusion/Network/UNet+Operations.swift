// How much arithmetic a network's forward pass is, and how much memory its passes take.

internal import Autograd

extension UNet {
  /// Floating-point operations of one image: two per multiplication and addition of convolutions, dense
  /// layers and attention.
  func operations(size: ImageSize) -> Int {
    planned(size: size, for: .inference, capacity: 1).operationCount
  }

  /// Bytes that a thread needs to run the network on some images, without its parameters.
  ///
  /// - Parameters:
  ///   - size: of the images.
  ///   - purpose: inference, or training with a backward pass.
  ///   - capacity: how many images at a time.
  func bytes(size: ImageSize, for purpose: Tape.Purpose, capacity: Int) -> Int {
    MemoryLayout<Float>.size * planned(size: size, for: purpose, capacity: capacity).floatCount
  }

  private func planned(size: ImageSize, for purpose: Tape.Purpose, capacity: Int) -> Tape {
    let tape = Tape(
      Parameters(planning: layout), for: purpose, capacity: capacity, isOnlyPlanned: true)
    _ = record(on: tape, .init(size))
    return tape
  }
}
