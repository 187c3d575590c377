// What a PNG's header says of its pixels, checked before memory is taken for them.

/// The IHDR chunk (ISO/IEC 15948, 11.2.2).
struct PNGHeader: Equatable {
  /// What a pixel consists of.
  enum Color: UInt8 {
    case grey = 0
    case rgb = 2
    /// A number of the palette.
    case palette = 3
    case greyWithAlpha = 4
    case rgbWithAlpha = 6

    /// Samples of a pixel.
    var samples: Int {
      switch self {
      case .grey, .palette: 1
      case .greyWithAlpha: 2
      case .rgb: 3
      case .rgbWithAlpha: 4
      }
    }

    /// Channels of the picture: alpha is dropped, and the palette's colours are RGB.
    var channels: Int {
      switch self {
      case .grey, .greyWithAlpha: 1
      case .rgb, .palette, .rgbWithAlpha: 3
      }
    }

    /// The numbers of bits that its samples can have.
    fileprivate var depths: [Int] {
      switch self {
      case .grey: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .greyWithAlpha, .rgbWithAlpha: [8, 16]
      }
    }
  }

  let width: Int
  let height: Int
  let depth: Int
  let color: Color
  /// Whether the rows come in seven passes over ever finer grids.
  let isInterlaced: Bool

  /// Bytes of the chunk.
  static let length = 13
  /// The most values of a picture, channels included: far above any image to learn from.
  private static let mostValues = 1 << 26

  /// Reads the chunk's content.
  ///
  /// - Throws: `PNGFault`.
  init(_ content: ArraySlice<UInt8>) throws(PNGFault) {
    guard content.count == PNGHeader.length else {
      throw PNGFault("its header has \(content.count) bytes, not \(PNGHeader.length)")
    }
    let bytes = Array(content)
    (width, height) = (
      Int(UInt32(bigEndianBytes: bytes[0..<4])), Int(UInt32(bigEndianBytes: bytes[4..<8]))
    )
    depth = Int(bytes[8])
    guard let color = Color(rawValue: bytes[9]), color.depths.contains(depth) else {
      throw PNGFault("has \(depth) bits for samples of colour type \(bytes[9]), which PNG has not")
    }
    self.color = color
    guard bytes[10] == 0, bytes[11] == 0, bytes[12] <= 1 else {
      throw PNGFault(
        "is packed in a way that PNG has not (compression \(bytes[10]), filter \(bytes[11]), order"
          + " \(bytes[12]))")
    }
    isInterlaced = bytes[12] == 1
    guard width > 0, height > 0 else { throw PNGFault("has no pixels: \(height) x \(width)") }
    guard let values = [width, height, color.channels].checkedProduct,
      values <= PNGHeader.mostValues
    else {
      throw PNGFault(
        "has \(height) x \(width) pixels; pictures of at most \(PNGHeader.mostValues) values are"
          + " read")
    }
  }

  /// Bits of a pixel.
  private var bits: Int { depth * color.samples }

  /// Bytes between a sample and the one of the pixel before, at least 1.
  var filterDistance: Int { max(1, bits / 8) }

  /// A part of the picture whose rows follow one another.
  struct Pass {
    /// The first pixel, and the steps to the next one and to the next row.
    let (left, top): (Int, Int)
    let (across, down): (Int, Int)
    let (width, height): (Int, Int)
    /// Bytes of a row, without the filter's byte.
    let rowBytes: Int
  }

  /// The whole picture, or the seven passes of Adam7 that have pixels.
  var passes: [Pass] {
    let grids = isInterlaced ? PNGHeader.adam7 : [(0, 0, 1, 1)]
    return grids.compactMap { left, top, across, down in
      let pixels = (width - left + across - 1) / across
      let rows = (height - top + down - 1) / down
      guard pixels > 0, rows > 0 else { return nil }
      return Pass(
        left: left, top: top, across: across, down: down, width: pixels, height: rows,
        rowBytes: (pixels * bits + 7) / 8)
    }
  }

  private static let adam7 = [
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
    (0, 1, 1, 2),
  ]

  /// Bytes of all rows with their filters' bytes: what the compressed data must hold.
  var dataBytes: Int { passes.reduce(0) { $0 + $1.height * (1 + $1.rowBytes) } }
}

/// What is wrong with a PNG: half a sentence for `FileError`.
struct PNGFault: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
