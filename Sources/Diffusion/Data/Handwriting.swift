// A digit as one hand would write it once: a glyph, bent at random, as the pen's path in pixels.

internal import Numerics

/// The strokes of one written digit, placed on its image.
///
/// Only +, -, ×, / and √ are used, which IEEE 754 rounds in one way: the images are the same bytes
/// on every machine.
struct Handwriting {
  /// What the pen draws between touching the paper and leaving it, in pixels.
  let strokes: [[PenPoint]]
  /// How many pixels wide the ink's edge is.
  let softness: Float

  /// Writes `digit` with a style and slips that `draws` decides.
  init(of digit: Int, draws: inout Draws) {
    let glyph = Handwriting.choose(among: Glyph.digits[digit], draws: &draws)
    let pen = Pen(draws: &draws)
    let bend = Bend(draws: &draws)
    let curves = glyph.strokes.map { points in
      Handwriting.curve(through: Handwriting.slipped(points, draws: &draws)).map(bend.apply)
    }
    let placement = Placement(of: curves, radius: pen.radius, draws: &draws)
    strokes = curves.map { curve in
      curve.enumerated().map { index, point in
        let (x, y) = placement.apply(point)
        let radius = pen.radius(at: Double(index) / Double(curve.count))
        return PenPoint(x: Float(x), y: Float(y), radius: Float(radius))
      }
    }
    softness = Float(pen.softness)
  }

  private static func choose(among glyphs: [Glyph], draws: inout Draws) -> Glyph {
    var rest = draws.uniform(in: 0...glyphs.reduce(0) { $0 + $1.share })
    for glyph in glyphs.dropLast() {
      rest -= glyph.share
      if rest < 0 { return glyph }
    }
    return glyphs[glyphs.count - 1]
  }

  /// The points, each missed by a little, in a box of side 1 around the origin; a corner's point
  /// is missed once, so that it stays a corner.
  private static func slipped(_ points: [Glyph.Point], draws: inout Draws) -> [Glyph.Point] {
    var slipped: [Glyph.Point] = []
    for (index, point) in points.enumerated() {
      if index > 0, point == points[index - 1] {
        slipped.append(slipped[index - 1])
      } else {
        let x = draws.normal(mean: point.x / Glyph.side - 0.5, deviation: slip)
        let y = draws.normal(mean: point.y / Glyph.side - 0.5, deviation: slip)
        slipped.append((x, y))
      }
    }
    return slipped
  }

  private static let slip = 0.025

  /// Points along the Catmull-Rom spline through `points` (Catmull and Rom 1974), whose tangent at
  /// a point is half the way from the one before to the one after.
  private static func curve(through points: [Glyph.Point]) -> [Glyph.Point] {
    let last = points.count - 1
    var curve = [points[0]]
    for i in 0..<last where points[i] != points[i + 1] {
      let (p, q) = (points[i], points[i + 1])
      let (before, after) = (points[max(i - 1, 0)], points[min(i + 2, last)])
      for step in 1...stepsPerSpan {
        let t = Double(step) / Double(stepsPerSpan)
        let x = hermite(t, p.x, q.x, tangents: ((q.x - before.x) / 2, (after.x - p.x) / 2))
        let y = hermite(t, p.y, q.y, tangents: ((q.y - before.y) / 2, (after.y - p.y) / 2))
        curve.append((x, y))
      }
    }
    return curve
  }

  /// Short enough that a span's chords look round at 28 x 28.
  private static let stepsPerSpan = 6

  /// The cubic from `p` at t = 0 to `q` at t = 1 with the given tangents there.
  private static func hermite(
    _ t: Double, _ p: Double, _ q: Double, tangents: (Double, Double)
  ) -> Double {
    let s = 1 - t
    let ends = s * s * (1 + 2 * t) * p + t * t * (1 + 2 * s) * q
    return ends + s * t * (s * tangents.0 - t * tangents.1)
  }
}

/// The pen and how it is pressed, in pixels.
private struct Pen {
  /// Half the pen's mean width.
  let radius: Double
  /// How wide the ink's edge is.
  let softness: Double
  /// By which share of it the radius grows from a stroke's start to its end.
  private let growth: Double
  /// By which share of it the radius is larger in a stroke's middle than at its ends.
  private let swell: Double

  init(draws: inout Draws) {
    radius = draws.uniform(in: 0.8...1.75)
    softness = draws.uniform(in: 0.9...1.5)
    growth = draws.normal(mean: 0, deviation: 0.2)
    swell = draws.normal(mean: 0.1, deviation: 0.15)
  }

  /// Half the pen's width at a place in a stroke from 0, its start, to 1, its end.
  func radius(at place: Double) -> Double {
    radius * (1 + growth * (place - 0.5) + swell * (4 * place * (1 - place) - 0.5))
  }
}

/// How a hand's digit differs from the glyph as a whole: a slow wobble, width, slant and turn.
private struct Bend {
  private let wobbleX: (xy: Double, xx: Double, yy: Double, yyy: Double)
  private let wobbleY: (xy: Double, xx: Double, yy: Double, xxx: Double)
  private let aspect: Double
  private let slant: Double
  private let turn: Double

  init(draws: inout Draws) {
    func wobble() -> Double { draws.normal(mean: 0, deviation: 0.18) }
    wobbleX = (wobble(), wobble(), wobble(), wobble())
    wobbleY = (wobble(), wobble(), wobble(), wobble())
    aspect = draws.normal(mean: 1, deviation: 0.14)
    slant = draws.normal(mean: 0.15, deviation: 0.21)
    turn = draws.normal(mean: 0, deviation: 0.08)
  }

  /// Moves a point of the box around the origin.
  ///
  /// The displacement is a polynomial of low degree in the point's place, so that neighbours move
  /// alike and strokes that touch go on touching.
  func apply(_ point: Glyph.Point) -> Glyph.Point {
    let (x, y) = point
    let alongX = wobbleX.xy * x * y + wobbleX.xx * x * x + wobbleX.yy * y * y
    let alongY = wobbleY.xy * x * y + wobbleY.xx * x * x + wobbleY.yy * y * y
    let bentX = x + alongX + wobbleX.yyy * y * y * y
    let bentY = y + alongY + wobbleY.xxx * x * x * x
    let slanted = aspect * bentX - slant * bentY
    // A rotation by atan(turn) but for a change of size, which the placement takes away.
    return (slanted - turn * bentY, bentY + turn * slanted)
  }
}

/// Where the digit goes: scaled to a box and centred by its mass, as MNIST's digits are.
private struct Placement {
  private let scale: Double
  private let x: Double
  private let y: Double

  /// MNIST's box is 20 pixels; hands also differ in size.
  private static let boxes = 17.7...19.7
  /// Column and row of MNIST's centres of mass.
  private static let centre = 14.0
  /// What centring to whole pixels leaves over, beside the path's mass not being the ink's.
  private static let jitter = 0.2

  init(of curves: [[Glyph.Point]], radius: Double, draws: inout Draws) {
    let (xs, ys) = (curves.joined().map(\.x), curves.joined().map(\.y))
    let width = (xs.max() ?? 0) - (xs.min() ?? 0)
    let height = (ys.max() ?? 0) - (ys.min() ?? 0)
    scale = (draws.uniform(in: Placement.boxes) - 2 * radius) / max(width, height)

    // Every piece of the path weighs its length.
    var (mass, massX, massY) = (0.0, 0.0, 0.0)
    for curve in curves {
      for (p, q) in zip(curve, curve.dropFirst()) {
        let (dx, dy) = (q.x - p.x, q.y - p.y)
        let length = (dx * dx + dy * dy).squareRoot()
        mass += length
        massX += length * (p.x + q.x) / 2
        massY += length * (p.y + q.y) / 2
      }
    }
    let (centre, jitter) = (Placement.centre, Placement.jitter)
    x = draws.normal(mean: centre, deviation: jitter) - scale * massX / mass
    y = draws.normal(mean: centre, deviation: jitter) - scale * massY / mass
  }

  /// The pixel coordinates of a point.
  func apply(_ point: Glyph.Point) -> Glyph.Point {
    (x + scale * point.x, y + scale * point.y)
  }
}
