// A process in a picture: images on their way into noise, and its curves below them.

import Diffusion
internal import Numerics

/// What one schedule does: a row per image, a column per timestep, four plots.
struct ForwardBlock {
  let title: String
  let schedule: NoiseSchedule
  /// The columns' timesteps, from 0 to T.
  let timesteps: [Timestep]
  private let size: ImageSize
  private let rows: Int
  /// The images of each row, from left to right.
  private let grid: Picture
  private let scale: Int

  private static let mostColumns = 9

  init(_ title: String, _ schedule: NoiseSchedule, _ images: Images, _ noise: Images) {
    (self.title, self.schedule) = (title, schedule)
    (size, rows) = (images.size, images.count)
    let last = schedule.last.value
    let columns = min(ForwardBlock.mostColumns, last + 1)
    let timesteps = (0..<columns).map { Timestep($0 * last / (columns - 1)) }
    self.timesteps = timesteps
    // Column by column: every image at one timestep.
    let noisy = timesteps.flatMap { t in
      schedule.noised(
        images, noise: noise, at: Array(repeating: t, count: images.count)
      ).values
    }
    scale = max(1, Layout.imageSide / max(size.height, size.width))
    grid = ByteImages(Images(size: size, values: noisy)).grid(rows: images.count, scale: scale)
  }

  /// Blocks one below the other.
  static func draw(_ blocks: [ForwardBlock]) -> Picture {
    let width = (blocks.map(\.width) + [Layout.leastWidth]).max() ?? 0
    let heights = blocks.map(\.height)
    var canvas = Canvas(
      width: width, height: heights.reduce(0, +) + Layout.margin, colour: Paint.paper)
    var top = 0
    for (block, height) in zip(blocks, heights) {
      block.draw(on: &canvas, top: top)
      top += height
    }
    return canvas.picture
  }

  private var width: Int { grid.width + 2 * Layout.margin }

  private var height: Int {
    Layout.margin + Layout.line + grid.height + Layout.line + Layout.plotHeight + Layout.margin
  }

  private func draw(on canvas: inout Canvas, top: Int) {
    let images = top + Layout.margin + Layout.line
    let plots = images + grid.height + Layout.line
    canvas.draw(in: Paint.text) { stencil in
      stencil.text(
        "\(title), \(schedule.last) timesteps", x: Layout.margin, y: top + Layout.margin,
        scale: Layout.scale)
    }
    canvas.paste(grid, x: Layout.margin, y: images)
    canvas.draw(in: Paint.label) { stencil in
      for (column, t) in timesteps.enumerated() {
        let middle = (column * (size.width + 1) + size.width / 2) * scale + Layout.margin
        stencil.text(
          "\(t)", x: middle, y: images + grid.height + Layout.gap, .middle, scale: Layout.scale)
      }
    }
    let room = (canvas.width - 2 * Layout.margin) / self.plots.count
    for (place, plot) in self.plots.enumerated() {
      plot.draw(
        on: &canvas, x: Layout.margin + place * room, y: plots, width: room - Layout.gap,
        height: Layout.plotHeight)
    }
  }

  private var plots: [SmallPlot] {
    let all = Array(schedule.timesteps)
    // At T with zero SNR the logarithm is infinite, at 1 the variance is 0: neither has a place.
    func curve(_ value: (Timestep) -> Double) -> [(t: Int, value: Double)] {
      all.map { ($0.value, value($0)) }.filter { $0.value.isFinite }
    }
    return [
      SmallPlot(title: "alphaBar", quantity: .share, curves: [curve(schedule.alphaBar)]),
      SmallPlot(title: "log SNR", curves: [curve { 2 * schedule.logSNR($0) }]),
      SmallPlot(title: "beta", curves: [curve(schedule.beta)]),
      SmallPlot(
        title: "variances",
        curves: [
          curve(schedule.beta), curve(schedule.posteriorVariance).filter { $0.value > 0 },
        ]),
    ]
  }
}

/// Sizes in pixels.
private enum Layout {
  static let margin = 24
  static let gap = 10
  /// A line of text with room around it.
  static let line = 36
  static let scale = 2
  /// The side that images are enlarged to.
  static let imageSide = 112
  static let plotHeight = 240
  /// Four plots need so much.
  static let leastWidth = 1000
}
