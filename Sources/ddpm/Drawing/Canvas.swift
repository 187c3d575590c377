// A picture to draw lines, areas and labels on.

import Diffusion
package import Numerics

/// An RGB picture to draw on.
package struct Canvas {
  package let width: Int
  package let height: Int
  private var pixels: [UInt8]

  /// A picture of one colour.
  package init(width: Int, height: Int, colour: Colour) {
    (self.width, self.height) = (width, height)
    pixels = Pixels.plain(colour, count: width * height)
  }

  /// Draws in a colour: where shapes overlap, the ink is not laid on twice.
  package mutating func draw(in colour: Colour, _ shapes: (inout Stencil) -> Void) {
    var stencil = Stencil(width: width, height: height)
    shapes(&stencil)
    Pixels.lay(colour, ink: stencil.ink, over: &pixels)
  }

  /// Lays a grey or RGB picture over the canvas; what lies outside is cut off.
  ///
  /// - Parameters:
  ///   - x: where its left edge is, not negative.
  ///   - y: where its upper edge is, not negative.
  package mutating func paste(_ other: Picture, x: Int, y: Int) {
    let columns = min(other.width, width - x)
    guard columns > 0 else { return }
    for row in 0..<min(other.height, height - y) {
      let start = row * other.width * other.channels
      let line = other.pixels[start..<start + columns * other.channels]
      let rgb = other.channels == 1 ? line.flatMap { [$0, $0, $0] } : Array(line)
      let place = 3 * ((y + row) * width + x)
      pixels.replaceSubrange(place..<place + 3 * columns, with: rgb)
    }
  }

  /// What was drawn.
  package var picture: Picture {
    Picture(width: width, height: height, channels: 3, pixels: pixels)
  }
}

/// A place on a canvas, in pixels from its upper left corner.
package struct Place: Equatable, Sendable {
  package let x: Double
  package let y: Double

  package init(x: Double, y: Double) {
    (self.x, self.y) = (x, y)
  }
}

/// The shapes that one colour is laid on through.
package struct Stencil {
  private let width: Int
  private let height: Int
  /// How much ink each pixel gets.
  fileprivate(set) var ink: [UInt8]

  fileprivate init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    ink = [UInt8](repeating: 0, count: width * height)
  }

  /// Lines from place to place; a single place is a dot.
  package mutating func line(_ path: [Place], thickness: Double) {
    let pen = path.map {
      PenPoint(x: Float($0.x), y: Float($0.y), radius: Float(thickness / 2))
    }
    PenStroke.draw(pen, softness: 1, width: width, height: height, image: 0, of: &ink)
  }

  /// A filled rectangle with sharp edges; what lies outside the canvas is cut off.
  package mutating func rectangle(x: Int, y: Int, width: Int, height: Int) {
    Pixels.fill(
      columns: (x..<x + width).clamped(to: 0..<self.width),
      rows: (y..<y + height).clamped(to: 0..<self.height), of: &ink, width: self.width)
  }

  /// Which part of a text its place is.
  package enum Anchor { case left, middle, right }

  /// A text on a line whose upper edge is at `y`.
  ///
  /// - Parameter scale: pixels a dot of the font.
  package mutating func text(_ text: String, x: Int, y: Int, _ anchor: Anchor = .left, scale: Int) {
    let start =
      switch anchor {
      case .left: x
      case .middle: x - Stencil.width(of: text, scale: scale) / 2
      case .right: x - Stencil.width(of: text, scale: scale)
      }
    for (place, character) in text.enumerated() {
      let left = start + place * BitmapFont.advance * scale
      for dot in BitmapFont.dots(of: character) {
        rectangle(
          x: left + dot.column * scale, y: y + dot.row * scale, width: scale, height: scale)
      }
    }
  }

  /// How wide a text is, without the gap behind its last character.
  package static func width(of text: String, scale: Int) -> Int {
    max(0, text.count * BitmapFont.advance - 1) * scale
  }
}
