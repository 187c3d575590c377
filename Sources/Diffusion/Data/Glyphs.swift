// How people write the ten digits: the points their pens pass through.

// With one point per line this would not read as a table: the file is laid out by hand.
// swift-format-ignore-file

/// One way to write a digit.
///
/// Points lie in a box, y down; a pen goes through them smoothly, except where a
/// point is repeated: there it turns a corner.
struct Glyph {
  typealias Point = (x: Double, y: Double)

  /// How common this way is among the ways to write the digit.
  let share: Double
  /// What the pen draws between touching the paper and leaving it.
  let strokes: [[Point]]
  /// The side of the box.
  static let side = 100.0

  private init(_ share: Double, _ strokes: [Point]...) {
    self.share = share
    self.strokes = strokes
  }

  /// The ways to write each digit, 0 to 9.
  static let digits = [zero, one, two, three, four, five, six, seven, eight, nine]

  private static let zero = [
    // An oval, closed with an overlap.
    Glyph(4, [(56, 2), (30, 8), (13, 35), (12, 66), (28, 94), (52, 98), (76, 80), (83, 50),
      (76, 18), (54, 3), (38, 6)]),
    // Slim, starting at the upper right.
    Glyph(3, [(64, 8), (46, 1), (26, 22), (18, 55), (25, 88), (46, 99), (66, 82), (74, 50),
      (70, 18), (54, 3)]),
    // Round.
    Glyph(2, [(58, 2), (28, 7), (5, 32), (4, 64), (22, 92), (52, 99), (84, 86), (97, 54),
      (88, 20), (64, 4), (44, 2)]),
    // Closed by a tail that runs into the inside.
    Glyph(2, [(44, 4), (22, 22), (12, 55), (24, 90), (52, 98), (76, 78), (82, 42), (68, 10),
      (46, 2), (36, 14), (52, 24), (70, 18)]),
  ]

  private static let one = [
    // A bar.
    Glyph(8, [(50, 0), (50, 34), (50, 68), (50, 100)]),
    // With an upstroke.
    Glyph(1.5, [(26, 24), (40, 14), (54, 0), (54, 0), (54, 35), (54, 70), (53, 100)]),
    // With an upstroke and a foot.
    Glyph(1, [(26, 22), (40, 12), (54, 0), (54, 0), (54, 35), (54, 70), (53, 98)],
      [(24, 98), (52, 99), (84, 97)]),
  ]

  private static let two = [
    // With a corner at the lower left.
    Glyph(4, [(12, 22), (26, 5), (52, 0), (74, 12), (76, 32), (60, 56), (36, 78), (10, 97),
      (10, 97), (38, 96), (66, 96), (94, 94)]),
    // With a loop there.
    Glyph(4, [(12, 18), (32, 2), (62, 4), (74, 26), (64, 56), (40, 86), (16, 97), (4, 86),
      (16, 74), (42, 84), (66, 96), (96, 90)]),
    // With a narrow loop and a wave for a foot.
    Glyph(2, [(16, 28), (28, 6), (54, 0), (72, 16), (66, 44), (46, 72), (22, 92), (8, 94),
      (20, 82), (44, 88), (70, 99), (96, 84)]),
  ]

  private static let three = [
    // With a corner between the bows.
    Glyph(5, [(14, 14), (36, 1), (64, 4), (74, 22), (60, 40), (32, 48), (32, 48), (62, 53),
      (80, 68), (74, 90), (46, 100), (10, 90)]),
    // With a loop between the bows.
    Glyph(3, [(16, 12), (42, 0), (70, 10), (68, 32), (46, 48), (32, 46), (46, 43), (74, 56),
      (80, 76), (60, 97), (32, 99), (8, 86)]),
    // With a flat top.
    Glyph(1, [(12, 4), (44, 3), (76, 2), (76, 2), (56, 24), (40, 40), (40, 40), (68, 48),
      (80, 70), (66, 92), (36, 100), (8, 90)]),
  ]

  private static let four = [
    // Open, the left side bent.
    Glyph(4, [(22, 2), (16, 26), (12, 48), (24, 58), (52, 56), (84, 50)],
      [(74, 4), (70, 34), (66, 68), (62, 100)]),
    // Open, the left side with a corner.
    Glyph(3, [(20, 2), (14, 28), (8, 54), (8, 54), (36, 55), (64, 54), (94, 52)],
      [(72, 4), (70, 36), (68, 68), (66, 100)]),
    // Closed at the top.
    Glyph(2, [(68, 0), (48, 22), (26, 44), (6, 66), (6, 66), (36, 66), (66, 65), (96, 64)],
      [(68, 0), (67, 34), (66, 68), (65, 100)]),
    // In one stroke, the bar crossing the stem.
    Glyph(2, [(28, 0), (20, 22), (12, 44), (20, 56), (46, 52), (68, 38), (82, 8), (82, 8),
      (74, 38), (66, 70), (58, 100)]),
  ]

  private static let five = [
    // With the top bar last.
    Glyph(4, [(30, 4), (26, 25), (20, 46), (20, 46), (48, 40), (72, 52), (76, 76), (54, 96),
      (28, 99), (6, 86)],
      [(30, 4), (58, 4), (92, 0)]),
    // In one stroke.
    Glyph(3, [(88, 2), (60, 4), (32, 5), (32, 5), (27, 24), (22, 44), (22, 44), (48, 42),
      (70, 56), (70, 80), (48, 98), (10, 92)]),
    // In one stroke, with round turns.
    Glyph(2, [(84, 4), (56, 4), (34, 14), (28, 34), (46, 46), (66, 58), (70, 78), (54, 96),
      (28, 98), (8, 86)]),
  ]

  private static let six = [
    // Bent.
    Glyph(4, [(68, 2), (44, 16), (22, 44), (12, 74), (24, 96), (52, 98), (72, 82), (66, 62),
      (44, 57), (24, 68), (16, 82)]),
    // With a straight back.
    Glyph(3, [(56, 0), (36, 28), (20, 58), (18, 84), (36, 99), (62, 92), (72, 72), (56, 58),
      (34, 66), (22, 82)]),
    // With a large bowl that closes in a curl.
    Glyph(2, [(60, 0), (30, 18), (12, 50), (12, 82), (34, 99), (66, 96), (82, 74), (68, 50),
      (40, 50), (26, 66), (40, 78)]),
  ]

  private static let seven = [
    // Plain.
    Glyph(5, [(8, 7), (40, 5), (80, 3), (80, 3), (66, 36), (50, 70), (38, 100)]),
    // With a bar.
    Glyph(1.5, [(8, 7), (42, 5), (80, 3), (80, 3), (66, 36), (52, 70), (42, 100)],
      [(28, 54), (56, 50), (86, 48)]),
    // With a hook at the left.
    Glyph(2, [(8, 24), (12, 6), (12, 6), (46, 6), (84, 4), (84, 4), (68, 34), (56, 68),
      (50, 100)]),
    // With round turns.
    Glyph(2, [(4, 14), (22, 3), (46, 8), (72, 3), (80, 14), (66, 42), (52, 70), (44, 100)]),
  ]

  private static let eight = [
    // From the upper right through both bows and back.
    Glyph(4, [(74, 16), (50, 0), (26, 12), (30, 34), (54, 52), (74, 70), (68, 92), (42, 100),
      (20, 86), (28, 66), (52, 48), (72, 28), (70, 10)]),
    // Slim.
    Glyph(3, [(66, 12), (48, 0), (32, 14), (36, 36), (54, 54), (66, 74), (58, 94), (40, 100),
      (28, 84), (36, 62), (54, 44), (66, 26), (62, 6)]),
    // A bow on a bow.
    Glyph(1, [(50, 47), (28, 38), (24, 16), (48, 1), (72, 12), (72, 34), (50, 47), (24, 62),
      (20, 86), (48, 99), (76, 86), (76, 62), (50, 47)]),
  ]

  private static let nine = [
    // With a straight stem.
    Glyph(4, [(72, 10), (48, 2), (24, 18), (20, 40), (42, 48), (66, 34), (74, 8), (74, 8),
      (72, 38), (69, 68), (66, 100)]),
    // With the stem bent to the left.
    Glyph(2, [(74, 14), (52, 1), (28, 14), (22, 38), (42, 50), (66, 38), (75, 12), (75, 12),
      (76, 42), (70, 76), (50, 98), (22, 92)]),
    // With a stem that slants.
    Glyph(3, [(76, 20), (60, 1), (34, 8), (20, 30), (36, 46), (62, 38), (78, 14), (70, 42),
      (58, 72), (48, 100)]),
  ]
}
