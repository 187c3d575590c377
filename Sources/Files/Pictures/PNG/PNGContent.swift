// What a PNG file holds besides its pixels: chunks in their order, each with its check sum right.

/// The header, the palette and the compressed pixels of a PNG.
struct PNGContent {
  let header: PNGHeader
  /// RGB, three bytes a colour; empty where there is none.
  private(set) var palette: [UInt8] = []
  /// The zlib stream of the pixels.
  private(set) var data: [UInt8] = []

  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  private static let mostColors = 256

  /// How far the pixels have been read.
  private enum Place { case before, within, behind }

  /// Reads the chunks up to IEND; what follows that is nobody's.
  ///
  /// - Throws: `PNGFault`.
  init(_ bytes: [UInt8]) throws(PNGFault) {
    guard bytes.starts(with: PNGContent.signature) else { throw PNGFault("is not a PNG") }
    var chunks = Chunks(bytes: bytes, position: PNGContent.signature.count)
    let first = try chunks.next()
    guard first.name == "IHDR" else {
      throw PNGFault("begins with \(first.name) in place of its header")
    }
    header = try PNGHeader(first.content)
    var place = Place.before
    while true {
      let (name, content) = try chunks.next()
      if place == .within, name != "IDAT" { place = .behind }
      switch name {
      case "IEND":
        guard place != .before else { throw PNGFault("has no pixels (IDAT)") }
        return
      case "IDAT":
        guard place != .behind else { throw PNGFault("has pixels in two places (IDAT)") }
        guard header.color != .palette || !palette.isEmpty else {
          throw PNGFault("has no palette (PLTE) before its pixels")
        }
        place = .within
        data += content
      case "PLTE": try take(palette: content, place)
      case "IHDR": throw PNGFault("has two headers (IHDR)")
      default:
        // Small first letters mark what a reader may leave out.
        guard name.first?.isLowercase == true else {
          throw PNGFault("needs \(name), which is not known here")
        }
      }
    }
  }

  private mutating func take(palette content: ArraySlice<UInt8>, _ place: Place) throws(PNGFault) {
    guard place == .before, palette.isEmpty else {
      throw PNGFault("has its palette (PLTE) in the wrong place")
    }
    guard header.color.channels == 3 else { throw PNGFault("is grey and has a palette (PLTE)") }
    guard content.count % 3 == 0, (1...PNGContent.mostColors).contains(content.count / 3) else {
      throw PNGFault("has a palette (PLTE) of \(content.count) bytes")
    }
    palette = Array(content)
  }
}

/// A walk through length, name, content and check sum of each chunk.
private struct Chunks {
  let bytes: [UInt8]
  var position: Int

  mutating func next() throws(PNGFault) -> (name: String, content: ArraySlice<UInt8>) {
    let length = Int(UInt32(bigEndianBytes: try take(4)))
    let start = position
    let name = try take(4)
    guard name.allSatisfy(\.isLetter), name[name.startIndex + 2].isCapital else {
      throw PNGFault("is damaged at byte \(start); get the file again")
    }
    let content = try take(length)
    let sum = UInt32(bigEndianBytes: try take(4))
    guard CRC32.sum(of: Array(bytes[start..<content.endIndex])) == sum else {
      throw PNGFault("is damaged: a wrong check sum at byte \(start); get the file again")
    }
    return (String(decoding: name, as: UTF8.self), content)
  }

  private mutating func take(_ count: Int) throws(PNGFault) -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else {
      throw PNGFault("is cut off; get the file again")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }
}

extension UInt8 {
  fileprivate var isCapital: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  fileprivate var isLetter: Bool {
    isCapital || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
  }
}
