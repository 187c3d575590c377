// Draws a pen's stroke on an 8-bit image.

/// A point on a pen's path, in pixels: the centre of the pixel in row r and column c is (c, r).
package struct PenPoint: Sendable {
  package let x: Float
  package let y: Float
  /// Half the pen's width at this point.
  package let radius: Float

  package init(x: Float, y: Float, radius: Float) {
    self.x = x
    self.y = y
    self.radius = radius
  }
}

/// Drawing with a round pen.
package enum PenStroke {
  /// Draws the straight segments between the points of `path`, the radius changing linearly
  /// along each, with round ends.
  ///
  /// A pixel at distance d of the path's middle gets clamp(½ + (radius − d) / softness) of full
  /// ink: with softness 1 close to the share of the pixel that the pen covers, with more a blurred
  /// edge. Where segments or strokes overlap the larger ink counts, so joints do not show.
  ///
  /// - Parameters:
  ///   - softness: how many pixels wide the edge is; above 0.
  ///   - image: which of the images of `width` x `height` bytes in `pixels` to draw on.
  package static func draw(
    _ path: [PenPoint], softness: Float, width: Int, height: Int,
    image: Int, of pixels: inout [UInt8]
  ) {
    guard var from = path.first else { return }
    let plane = image * width * height
    for to in path.dropFirst(path.count == 1 ? 0 : 1) {
      draw(
        from: from, to: to, softness: softness, width: width, height: height, plane: plane,
        of: &pixels)
      from = to
    }
  }

  private static func draw(
    from a: PenPoint, to b: PenPoint, softness: Float, width: Int, height: Int,
    plane: Int, of pixels: inout [UInt8]
  ) {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let squaredLength = dx * dx + dy * dy
    let perSquaredLength = squaredLength > 0 ? 1 / squaredLength : 0
    let reach = max(a.radius, b.radius) + softness / 2
    let columns = span(min(a.x, b.x) - reach, max(a.x, b.x) + reach, width)
    let rows = span(min(a.y, b.y) - reach, max(a.y, b.y) + reach, height)
    for row in rows {
      for column in columns {
        let (px, py) = (Float(column) - a.x, Float(row) - a.y)
        let along = min(max((px * dx + py * dy) * perSquaredLength, 0), 1)
        let (ex, ey) = (px - along * dx, py - along * dy)
        let distance = (ex * ex + ey * ey).squareRoot()
        let inside = a.radius + along * (b.radius - a.radius) - distance
        let ink = min(max(0.5 + inside / softness, 0), 1)
        let pixel = plane + row * width + column
        pixels[pixel] = max(pixels[pixel], UInt8(ink * Float(UInt8.max) + 0.5))
      }
    }
  }

  /// The pixels of an image between two coordinates.
  private static func span(_ low: Float, _ high: Float, _ count: Int) -> Range<Int> {
    let limit = Float(count)
    let first = Int(min(max(low.rounded(.up), 0), limit))
    return first..<max(first, Int(min(max(high.rounded(.down) + 1, 0), limit)))
  }
}
