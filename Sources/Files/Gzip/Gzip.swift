// Bytes compressed whole as gzip (RFC 1952).

internal import CZlib

/// Compresses what is written whole.
package enum Gzip {
  /// One gzip member holding `bytes`, without name or time: equal content is equal bytes.
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    let stream = ZStream(.deflate)
    var input = bytes
    var used = 0
    var output: [UInt8] = []
    while true {
      let isLast = input.count - used <= Int(uInt.max)
      let step = stream.step(
        &input, from: used, limit: InputFile.chunk, isLast ? Z_FINISH : Z_NO_FLUSH)
      used += step.consumed
      output += step.output
      if step.status == Z_STREAM_END { return output }
    }
  }
}
