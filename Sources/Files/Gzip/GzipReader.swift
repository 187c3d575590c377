// Reads a file piece by piece that may be gzip (RFC 1952), through the system's zlib.

internal import CZlib

/// Reads a file whose content may be gzip, recognised by its first two bytes, not by its name.
///
/// Memory depends on what is asked for, never on what the file claims or would expand to, so a
/// compression bomb does no harm. Several members in a row are one content, and zeros after the last one
/// are padding, as for gzip(1). Everything else is refused: a cut stream, a wrong check sum or length,
/// reserved flags, bytes that are not gzip after the last member.
package struct GzipReader: ~Copyable {
  /// Where in the gzip file the reader is.
  private enum Place { case member, betweenMembers, padding }

  private let file: InputFile
  private var input: [UInt8]
  private var used = 0
  private let stream: ZStream?
  private var place = Place.member

  private static let magic: [UInt8] = [0x1f, 0x8b]
  /// The most bytes reserved because of what a file claims to hold: addresses, not yet memory.
  private static let mostReserved = 64 << 20

  /// Opens the file at `path`.
  ///
  /// - Throws: `FileError` if it is missing, not a regular file, or not readable.
  package init(path: String) throws(FileError) {
    let file = try InputFile(path: path)
    input = try file.next()
    self.file = file
    stream = input.starts(with: GzipReader.magic) ? ZStream(.inflate) : nil
  }

  /// How many bytes a plain file holds; unknown for a compressed one.
  package var plainSize: Int? { stream == nil ? file.size : nil }

  /// More than this cannot be in the file.
  private var mostContent: Int {
    stream == nil ? file.size : [file.size, ZStream.mostExpansion].checkedProduct ?? .max
  }

  /// The next `count` bytes of the content; fewer only where it ends, with its check sum right.
  ///
  /// - Throws: `FileError` where the file cannot be read, its gzip data are damaged, or so much may be there
  ///   that memory would not hold it.
  package mutating func take(_ count: Int) throws(FileError) -> [UInt8] {
    try AvailableMemory.check(min(count, mostContent), of: file.path)
    var taken: [UInt8] = []
    // Growing step by step would leave behind as much again in pieces, which the allocator keeps.
    taken.reserveCapacity(min(count, mostContent, GzipReader.mostReserved))
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
