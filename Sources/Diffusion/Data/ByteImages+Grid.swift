// Many images side by side in one picture.

internal import Numerics

extension ByteImages {
  /// The images laid out in rows, left to right and top to bottom, a thin line between them.
  ///
  /// - Parameters:
  ///   - columns: how many images per row; by default as many as make the grid square.
  ///   - scale: how many pixels wide and high a pixel becomes.
  ///   - background: how bright the lines are.
  /// - Returns: one picture; places left over in the last row are as dark as the lines.
  public func grid(columns: Int? = nil, scale: Int = 1, background: UInt8 = Grid.background)
    -> Picture
  {
    let columns = min(columns ?? Int(Double(count).squareRoot().rounded(.up)), count)
    precondition(columns > 0, "a grid of \(columns) columns for \(count) images")
    return grid(
      rows: (count + columns - 1) / columns, columns: columns, scale: scale, background: background
    ) { ($0 / columns, $0 % columns) }
  }

  /// The same, filled column by column, top to bottom and left to right.
  package func grid(rows: Int, scale: Int = 1) -> Picture {
    precondition(count > 0 && rows > 0, "a grid of \(rows) rows for \(count) images")
    return grid(
      rows: rows, columns: (count + rows - 1) / rows, scale: scale, background: Grid.background
    ) { ($0 % rows, $0 / rows) }
  }

  private func grid(
    rows: Int, columns: Int, scale: Int, background: UInt8,
    place: (Int) -> (row: Int, column: Int)
  ) -> Picture {
    precondition(scale > 0, "a grid scaled by \(scale)")
    let row = size.width * size.channels
    let width = columns * (size.width + Grid.gap) - Grid.gap
    let height = rows * (size.height + Grid.gap) - Grid.gap

    var picture = [UInt8](repeating: background, count: height * width * size.channels)
    for index in 0..<count {
      let top = place(index).row * (size.height + Grid.gap)
      let left = place(index).column * (size.width + Grid.gap)
      for y in 0..<size.height {
        let from = index * size.values + y * row
        let to = ((top + y) * width + left) * size.channels
        picture.replaceSubrange(to..<to + row, with: pixels[from..<from + row])
      }
    }
    return Picture(
      width: width * scale, height: height * scale, channels: size.channels,
      pixels: Pixels.enlarge(picture, width: width, channels: size.channels, by: scale))
  }
}

/// How a grid looks.
public enum Grid {
  /// Pixels between two images, before scaling.
  static let gap = 1
  /// How bright the lines are: a dark grey that shows where an image of black background ends.
  public static let background: UInt8 = 48
}
