// A look at images in the terminal: half blocks in colour, or plain characters.

import Diffusion

/// Draws images with text.
package struct Preview {
  private let drawing: Terminal.Drawing
  /// Columns of text there are.
  private let width: Int

  /// Smaller images cannot be told apart.
  private static let leastWidth = 8
  /// More lines would push the beginning out of the window.
  private static let mostLines = 48

  /// A preview for a terminal as wide as it is now; the last column stays free, because a character
  /// there makes some terminals wrap.
  package init(_ terminal: Terminal) {
    self.init(terminal.drawing, width: terminal.width - 1)
  }

  package init(_ drawing: Terminal.Drawing, width: Int) {
    self.drawing = drawing
    self.width = max(width, Preview.leastWidth)
  }

  /// The images in a grid, as many as fit, lines with their ends.
  ///
  /// - Parameter columns: images per row of the whole grid; nil is as many as make it square.
  package func text(_ images: ByteImages, _ columns: Int?) -> String {
    let all = columns ?? Int(Double(images.count).squareRoot().rounded(.up))
    let fit = max(1, (width + 1) / (Preview.leastWidth + 1))
    let shown = min(all, images.count, fit)
    let allRows = (images.count + all - 1) / all
    let size = images.size
    // Smaller images are worth it where all the rows then fit.
    let room = (2 * Preview.mostLines + 1) / allRows - 1
    let most = room < Preview.leastWidth ? size.width : max(1, room * size.width / size.height)
    let side = min(size.width, (width + 1) / shown - 1, most)
    let height = max(1, (side * size.height + size.width / 2) / size.width)
    let rows = min(allRows, max(1, (2 * Preview.mostLines + 1) / (height + 1)))
    // Of each row of the whole grid its beginning.
    let places = (0..<rows).flatMap { row in
      (row * all..<min(images.count, row * all + shown)).map { $0..<$0 + 1 }
    }
    let part = ByteImages(size: size, pixels: places.flatMap { images[$0].pixels })
    let small = part.resized(height: height, width: side)
    let lines = lines(
      drawing == .characters
        ? small.grid(columns: shown, background: 0) : small.grid(columns: shown))
    let note =
      places.count < images.count ? ["\(places.count) of \(images.count) images"] : []
    return (lines + note).map { $0 + "\n" }.joined()
  }

  /// A line for every two rows of pixels.
  private func lines(_ picture: Picture) -> [String] {
    stride(from: 0, to: picture.height, by: 2).map { y in
      let cells = (0..<picture.width).map { x in
        let upper = Pixel(picture, x, y)
        return Cell(upper: upper, lower: y + 1 < picture.height ? Pixel(picture, x, y + 1) : nil)
      }
      return drawing == .characters ? characters(cells) : blocks(cells)
    }
  }
}

// MARK: - Cells

/// A pixel's colour; of grey images and those of other than three channels, their first one.
private struct Pixel: Equatable {
  let red: UInt8
  let green: UInt8
  let blue: UInt8

  init(_ picture: Picture, _ x: Int, _ y: Int) {
    let channels = picture.channels
    let place = (y * picture.width + x) * channels
    let isColoured = channels == 3
    red = picture.pixels[place]
    green = isColoured ? picture.pixels[place + 1] : red
    blue = isColoured ? picture.pixels[place + 2] : red
  }

  /// How bright it looks (ITU-R BT.601).
  var luminance: Double {
    Double(299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 1000
  }

  /// The nearest of xterm's greys, or of its cube of colours.
  var paletteIndex: Int {
    guard red != green || green != blue else {
      if red < Palette.firstGrey / 2 { return Palette.black }
      if red > (Palette.lastGrey + Int(UInt8.max)) / 2 { return Palette.white }
      let step = (Int(red) - Palette.firstGrey + Palette.greyStep / 2) / Palette.greyStep
      return Palette.grey + min(step, (Palette.lastGrey - Palette.firstGrey) / Palette.greyStep)
    }
    return [red, green, blue].reduce(0) { $0 * Palette.levels.count + Palette.nearest(to: $1) }
      + Palette.black
  }

  private enum Palette {
    static let (black, white, grey) = (16, 231, 232)
    static let (firstGrey, lastGrey, greyStep) = (8, 238, 10)
    static let levels = [0, 95, 135, 175, 215, 255]

    static func nearest(to value: UInt8) -> Int {
      levels.indices.min { abs(levels[$0] - Int(value)) < abs(levels[$1] - Int(value)) } ?? 0
    }
  }
}

/// Two pixels, one above the other; the last line may lack the lower one.
private struct Cell {
  let upper: Pixel
  let lower: Pixel?
}

extension Preview {
  /// Denser where it is brighter, as on a dark terminal.
  private static let ramp = Array(" .:-=+*#%@")

  private func characters(_ cells: [Cell]) -> String {
    let line = cells.map { cell in
      let light = (cell.upper.luminance + (cell.lower?.luminance ?? 0)) / 2
      return Preview.ramp[Int(light / 256 * Double(Preview.ramp.count))]
    }
    return String(String(line).reversed().drop { $0 == " " }.reversed())
  }

  private func blocks(_ cells: [Cell]) -> String {
    var line = ""
    var last: (upper: Pixel, lower: Pixel?)?
    for cell in cells {
      if last?.upper != cell.upper { line += code(38, cell.upper) }
      if last == nil || last?.lower != cell.lower {
        line += cell.lower.map { code(48, $0) } ?? "\u{1B}[49m"
      }
      line += "▀"
      last = (cell.upper, cell.lower)
    }
    return line + "\u{1B}[0m"
  }

  /// Sets the colour of the upper half (38, the foreground) or of the lower one (48).
  private func code(_ plane: Int, _ pixel: Pixel) -> String {
    drawing == .palette
      ? "\u{1B}[\(plane);5;\(pixel.paletteIndex)m"
      : "\u{1B}[\(plane);2;\(pixel.red);\(pixel.green);\(pixel.blue)m"
  }
}
