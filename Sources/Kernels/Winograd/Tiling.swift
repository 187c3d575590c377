// Divides images into the tiles of Winograd's convolution and orders them.

/// A side of an image divided into tiles; the last one may reach past the edge.
struct TiledSide {
  /// How many whole tiles there are.
  let whole: Int
  /// How many shorter tiles follow them: one or none.
  let ends: Int

  init(_ size: Int) {
    let (quotient, left) = size.quotientAndRemainder(dividingBy: F4.outputs)
    ends = left > 0 && left <= F4.End2.outputs ? 1 : 0
    whole = left > F4.End2.outputs ? quotient + 1 : quotient
  }

  var count: Int { whole + ends }
}

/// Images of one size, divided into tiles.
struct Tiling {
  let plane: Plane
  let images: Int
  let rows: TiledSide
  let columns: TiledSide

  init(plane: Plane, images: Int) {
    (self.plane, self.images) = (plane, images)
    (rows, columns) = (TiledSide(plane.height), TiledSide(plane.width))
  }

  /// Rows of tiles of all images.
  var rowCount: Int { images * rows.count }
}

/// Some rows of tiles that are transformed and multiplied together.
///
/// Shorter tiles have fewer components. The order is: all but the last tiles of the short rows, all
/// but the last of the whole rows, the last of the whole rows, the last of the short rows. Then the
/// tiles that have a given component are contiguous, whichever it is.
struct TileBlock {
  /// Numbered through all images.
  let rows: Range<Int>
  private let tiling: Tiling
  /// How many of the rows are whole, and how many are short.
  private let whole: Int
  private let short: Int

  init(_ rows: Range<Int>, of tiling: Tiling) {
    (self.rows, self.tiling) = (rows, tiling)
    // Of the rows before a row, how many are an image's last.
    let last = { $0 / tiling.rows.count }
    short = tiling.rows.ends * (last(rows.upperBound) - last(rows.lowerBound))
    whole = rows.count - short
  }

  /// Tiles.
  var count: Int { rows.count * tiling.columns.count }

  /// The images up to the last one that has a tile of it.
  var images: Int { (rows.upperBound + tiling.rows.count - 1) / tiling.rows.count }

  /// The tiles that have the component of row i and column j.
  func tiles(_ i: Int, _ j: Int) -> Range<Int> {
    let columns = tiling.columns
    let (inShort, inEnds) = (i < F4.End2.points, j < F4.End2.points)
    let first = inShort ? 0 : short * columns.whole
    let middle = rows.count * columns.whole
    return first..<middle + (inEnds ? columns.ends * (inShort ? rows.count : whole) : 0)
  }

  /// The position and extent of a tile.
  struct Place {
    let image: Int
    /// The row and column of its first output.
    let top: Int
    let left: Int
    /// Its number in the block.
    let number: Int
    /// Its extent down and across.
    let extent: (down: Extent, across: Extent)
  }

  /// How far a tile reaches in one direction.
  enum Extent {
    /// `F4.outputs`.
    case whole
    /// `F4.End2.outputs`.
    case end
  }

  /// Calls `body` for each tile, row by row.
  @inline(__always) func forEach(_ body: (Place) -> Void) {
    let (down, across) = (tiling.rows, tiling.columns)
    var (wholes, shorts) = (0, 0)
    for row in rows {
      let (image, y) = row.quotientAndRemainder(dividingBy: down.count)
      let isShort = y == down.whole
      for x in 0..<across.count {
        let isNarrow = x == across.whole
        let number =
          isNarrow
          ? rows.count * across.whole + (isShort ? whole + shorts : wholes)
          : (isShort ? shorts : short + wholes) * across.whole + x
        body(
          Place(
            image: image, top: y * F4.outputs, left: x * F4.outputs, number: number,
            extent: (isShort ? .end : .whole, isNarrow ? .end : .whole)))
      }
      if isShort { shorts += 1 } else { wholes += 1 }
    }
  }
}

extension Operand {
  /// In checked builds, stops with a message unless the view holds the block's images.
  @inline(__always)
  func require(
    _ block: TileBlock, of tiling: Tiling, _ role: StaticString, _ call: StaticString = #function
  ) {
    require(rows: block.images, tiling.plane.count, apart: tiling.plane.count, role, call)
  }
}
