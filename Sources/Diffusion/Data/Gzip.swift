// Gzip (RFC 1952) through the system's zlib: files read piece by piece, bytes compressed whole.

internal import CZlib

/// Reads a file whose content may be gzip, told by its first two bytes and not by its name.
///
/// Memory follows what is asked for and never what the file claims or could grow to, so a
/// compression bomb costs nothing. Several members in a row are one content, and zeros after the
/// last one are padding, as for gzip(1). Everything else is refused: a cut stream, a wrong check
/// sum or length, reserved flags, bytes that are not gzip after the last member.
package struct GzipReader: ~Copyable {
  /// Where in the gzip file the reader is.
  private enum Place { case member, betweenMembers, padding }

  private let file: InputFile
  private var input: [UInt8]
  private var used = 0
  private let stream: ZStream?
  private var place = Place.member

  private static let magic: [UInt8] = [0x1f, 0x8b]
  /// Bytes that a file may have set aside by what it claims to hold: addresses, no memory yet.
  private static let mostReserved = 64 << 20

  /// Opens the file at `path`.
  package init(path: String) throws(FileError) {
    let file = try InputFile(path: path)
    input = try file.next()
    self.file = file
    stream = input.starts(with: GzipReader.magic) ? ZStream(.inflate) : nil
  }

  /// How many bytes a plain file holds; unknown for a compressed one.
  package var plainSize: Int? { stream == nil ? file.size : nil }

  /// The next `count` bytes of the content; fewer only where it ends, with its check sum right.
  package mutating func take(_ count: Int) throws(FileError) -> [UInt8] {
    var taken: [UInt8] = []
    // Growing step by step would leave behind as much again in pieces, which the allocator keeps.
    taken.reserveCapacity(min(count, GzipReader.mostReserved))
    while taken.count < count {
      let piece = try next(upTo: count - taken.count)
      if piece.isEmpty { break }
      taken += piece
    }
    return taken
  }

  private mutating func next(upTo limit: Int) throws(FileError) -> [UInt8] {
    while true {
      if used == input.count {
        input = try file.next()
        used = 0
      }
      guard let stream else {
        let piece = input[used...].prefix(limit)
        used += piece.count
        return Array(piece)
      }
      switch place {
      case .member:
        if input.isEmpty { throw invalid("its gzip data are cut off; get the file again") }
        let step = stream.step(&input, from: used, limit: limit)
        used += step.consumed
        guard step.status == Z_OK || step.status == Z_STREAM_END else {
          throw invalid("its gzip data are damaged (\(stream.message)); get the file again")
        }
        if step.status == Z_STREAM_END { place = .betweenMembers }
        if !step.output.isEmpty { return step.output }
      case .betweenMembers:
        guard let first = input.dropFirst(used).first else { return [] }
        if first == GzipReader.magic[0] {
          stream.restart()
          place = .member
        } else {
          place = .padding
        }
      case .padding:
        if input.isEmpty { return [] }
        guard input[used...].allSatisfy({ $0 == 0 }) else {
          throw invalid("has something else after its gzip data; get the file again")
        }
        used = input.count
      }
    }
  }

  private func invalid(_ why: String) -> FileError { FileError(path: file.path, .invalid(why)) }
}

/// Gzip for files written whole.
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

/// A zlib stream that stays at one address, in a buffer of its own: zlib refuses a state whose stream
/// has moved.
private final class ZStream {
  enum Direction { case inflate, deflate }

  /// What one call of zlib did.
  struct Step {
    let status: Int32
    let consumed: Int
    let output: [UInt8]
  }

  private let direction: Direction
  private let box: ManagedBuffer<z_stream, Void>

  /// The largest window, and gzip's wrapping instead of zlib's.
  private static let gzipWindow = MAX_WBITS + 16
  private static let defaultMemory: Int32 = 8

  init(_ direction: Direction) {
    self.direction = direction
    box = .create(minimumCapacity: 0) { _ in z_stream() }
    let size = Int32(MemoryLayout<z_stream>.size)
    let status =
      switch direction {
      case .inflate: inflateInit2_(&box.header, ZStream.gzipWindow, ZLIB_VERSION, size)
      case .deflate:
        deflateInit2_(
          &box.header, Z_DEFAULT_COMPRESSION, Z_DEFLATED, ZStream.gzipWindow,
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

  /// Makes ready to inflate the next member.
  func restart() { inflateReset(&box.header) }

  /// Lets zlib work on `input[start...]`, for at most `limit` bytes of output.
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
