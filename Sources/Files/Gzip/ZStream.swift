// zlib's streams, in either direction.

internal import CZlib

/// A zlib stream that stays at one address, in a buffer of its own: zlib refuses a state whose stream
/// has moved.
final class ZStream {
  enum Direction { case inflate, deflate }

  /// What is around the deflated data: gzip's header and check sum, or zlib's.
  enum Wrapping { case gzip, zlib }

  /// What one call of zlib did.
  struct Step {
    let status: Int32
    let consumed: Int
    let output: [UInt8]
  }

  /// The most bytes that inflating makes of one: 258 of the two bits that repeat the byte before.
  static let mostExpansion = 1032

  private let direction: Direction
  private let box: ManagedBuffer<z_stream, Void>

  /// What zlib adds to the window's bits for gzip's wrapping.
  private static let gzipBits: Int32 = 16
  private static let defaultMemory: Int32 = 8

  init(_ direction: Direction, _ wrapping: Wrapping = .gzip) {
    self.direction = direction
    let window = MAX_WBITS + (wrapping == .gzip ? ZStream.gzipBits : 0)
    box = .create(minimumCapacity: 0) { _ in z_stream() }
    let size = Int32(MemoryLayout<z_stream>.size)
    let status =
      switch direction {
      case .inflate: inflateInit2_(&box.header, window, ZLIB_VERSION, size)
      case .deflate:
        deflateInit2_(
          &box.header, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window,
          ZStream.defaultMemory, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
      }
    precondition(status == Z_OK, "zlib \(ZLIB_VERSION) does not start: status \(status)")
  }

  deinit {
    switch direction {
    case .inflate: inflateEnd(&box.header)
    case .deflate: deflateEnd(&box.header)
    }
  }

  /// What zlib says is wrong.
  var message: String {
    box.header.msg.map { String(cString: $0) } ?? "unknown fault"
  }

  /// Prepares to inflate the next member.
  func restart() { inflateReset(&box.header) }

  /// Runs zlib on `input[start...]`, for at most `limit` bytes of output.
  func step(
    _ input: inout [UInt8], from start: Int, limit: Int, _ flush: Int32 = Z_NO_FLUSH
  ) -> Step {
    input.withUnsafeMutableBytes { source in
      let available = uInt(clamping: source.count - start)
      let room = min(limit, InputFile.chunk)
      var status = Z_OK
      let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        box.header.next_in = source.bindMemory(to: UInt8.self).baseAddress.map { $0 + start }
        box.header.avail_in = available
        box.header.next_out = buffer.baseAddress
        box.header.avail_out = uInt(room)
        status =
          switch direction {
          case .inflate: inflate(&box.header, flush)
          case .deflate: deflate(&box.header, flush)
          }
        count = room - Int(box.header.avail_out)
      }
      return Step(
        status: status, consumed: Int(available - box.header.avail_in), output: output)
    }
  }
}
