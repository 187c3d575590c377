// Bytes compressed as gzip (RFC 1952).

internal import CZlib

/// One gzip member without name or time, written part by part: equal content is equal bytes, however it is
/// parted.
package struct Gzip {
  private let stream = ZStream(.deflate)

  package init() {}

  /// One member that holds `bytes`.
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    Gzip().compress(bytes, .last)
  }

  /// Whether more bytes follow.
  package enum Part { case more, last }

  /// What there is of the member when `bytes` are added.
  package func compress(_ bytes: [UInt8], _ part: Part) -> [UInt8] {
    var input = bytes
    var used = 0
    var output: [UInt8] = []
    while true {
      let isLast = part == .last && input.count - used <= Int(uInt.max)
      let step = stream.step(
        &input, from: used, limit: InputFile.chunk, isLast ? Z_FINISH : Z_NO_FLUSH)
      used += step.consumed
      output += step.output
      if step.status == Z_STREAM_END { return output }
      if part == .more, used == input.count, step.output.count < InputFile.chunk { return output }
    }
  }
}
