// From a PNG's filtered rows to 8-bit grey or RGB.

extension PNGContent {
  /// The pixels, [H, W, C] bytes: v·255/(2^depth - 1), rounded; alpha is dropped and gamma not applied.
  ///
  /// - Parameter rows: `header.dataBytes` bytes.
  /// - Throws: `PNGFault` for a filter or a colour that there is not.
  func pixels(_ rows: [UInt8]) throws(PNGFault) -> [UInt8] {
    let channels = header.color.channels
    var pixels = [UInt8](repeating: 0, count: header.width * header.height * channels)
    var position = 0
    for pass in header.passes {
      var above = [UInt8](repeating: 0, count: pass.rowBytes)
      for row in 0..<pass.height {
        var line = Array(rows[position + 1..<position + 1 + pass.rowBytes])
        guard let filter = PNGFilter(rawValue: rows[position]) else {
          throw PNGFault(
            "is damaged: its pixels have a filter \(rows[position]); get the file again")
        }
        filter.undo(&line, above: above, distance: header.filterDistance)
        position += 1 + pass.rowBytes
        let start = (pass.top + row * pass.down) * header.width + pass.left
        for pixel in 0..<pass.width {
          try set(
            &pixels, at: (start + pixel * pass.across) * channels, from: line, pixel: pixel)
        }
        above = line
      }
    }
    return pixels
  }

  /// Sets the channels of one pixel.
  private func set(
    _ pixels: inout [UInt8], at place: Int, from line: [UInt8], pixel: Int
  ) throws(PNGFault) {
    let first = pixel * header.color.samples
    guard header.color == .palette else {
      for channel in 0..<header.color.channels {
        pixels[place + channel] = scaled(sample(line, first + channel))
      }
      return
    }
    let color = 3 * sample(line, first)
    guard color < palette.count else {
      throw PNGFault("has a pixel of colour \(color / 3), and its palette \(palette.count / 3)")
    }
    for channel in 0..<3 { pixels[place + channel] = palette[color + channel] }
  }

  /// A sample of a row by its number.
  private func sample(_ line: [UInt8], _ number: Int) -> Int {
    switch header.depth {
    case 16: return Int(line[2 * number]) << 8 | Int(line[2 * number + 1])
    case 8: return Int(line[number])
    default:
      let bit = number * header.depth
      let shift = 8 - header.depth - bit % 8
      return Int(line[bit / 8]) >> shift & (1 << header.depth - 1)
    }
  }

  private func scaled(_ sample: Int) -> UInt8 {
    let most = 1 << header.depth - 1
    return UInt8((2 * sample * 255 + most) / (2 * most))
  }
}

/// How a row differs from its neighbours (ISO/IEC 15948, clause 9).
private enum PNGFilter: UInt8 {
  case none, sub, up, average, paeth

  /// Makes the bytes what they were.
  ///
  /// - Parameters:
  ///   - above: the row above, zeros for the first.
  ///   - distance: bytes to the pixel on the left.
  func undo(_ line: inout [UInt8], above: [UInt8], distance: Int) {
    guard self != .none else { return }
    for place in line.indices {
      let left = place < distance ? 0 : line[place - distance]
      let corner = place < distance ? 0 : above[place - distance]
      let predicted: UInt8 =
        switch self {
        case .none: 0
        case .sub: left
        case .up: above[place]
        case .average: UInt8((Int(left) + Int(above[place])) / 2)
        case .paeth: PNGFilter.paeth(Int(left), Int(above[place]), Int(corner))
        }
      line[place] &+= predicted
    }
  }

  /// Whichever of left, above and corner is nearest to left + above - corner.
  private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> UInt8 {
    let target = left + above - corner
    let (a, b, c) = (abs(target - left), abs(target - above), abs(target - corner))
    if a <= b && a <= c { return UInt8(left) }
    return UInt8(b <= c ? above : corner)
  }
}
