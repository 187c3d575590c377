// Blends a colour over a picture with the opacity of a mask.

/// A colour of 8 bits per channel.
package struct Colour: Equatable, Sendable {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }
}

extension Pixels {
  /// A picture of one colour: RGB, three bytes per pixel.
  package static func plain(_ colour: Colour, count: Int) -> [UInt8] {
    var picture = [UInt8](repeating: 0, count: 3 * count)
    lay(colour, ink: [UInt8](repeating: .max, count: count), over: &picture)
    return picture
  }

  /// Fills a rectangle of a mask with ink.
  ///
  /// - Parameters:
  ///   - columns: within the mask's rows.
  ///   - rows: within the mask.
  ///   - width: pixels in a row of the mask.
  package static func fill(
    columns: Range<Int>, rows: Range<Int>, of ink: inout [UInt8], width: Int
  ) {
    for row in rows {
      for column in columns { ink[row * width + column] = .max }
    }
  }

  /// p += (colour - p)·ink/255 for each channel p of each pixel, rounded.
  ///
  /// - Parameters:
  ///   - ink: one byte per pixel; 255 is opaque.
  ///   - picture: RGB, three bytes per pixel.
  package static func lay(_ colour: Colour, ink: [UInt8], over picture: inout [UInt8]) {
    for (pixel, ink) in ink.enumerated() where ink > 0 {
      let place = 3 * pixel
      picture[place] = mix(picture[place], colour.red, ink)
      picture[place + 1] = mix(picture[place + 1], colour.green, ink)
      picture[place + 2] = mix(picture[place + 2], colour.blue, ink)
    }
  }

  private static func mix(_ old: UInt8, _ new: UInt8, _ ink: UInt8) -> UInt8 {
    let (full, ink) = (Int(UInt8.max), Int(ink))
    return UInt8((Int(old) * (full - ink) + Int(new) * ink + full / 2) / full)
  }
}
