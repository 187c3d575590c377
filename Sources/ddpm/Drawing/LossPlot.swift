// The picture of a training: its losses over its steps.

import Diffusion
import Foundation
internal import Numerics

/// Draws loss curves.
package struct LossPlot {
  private let curves: LossCurves
  private let steps: Axis
  private let losses: Axis

  /// A plot of curves; without any point its axes are empty.
  package init(_ curves: LossCurves) {
    let all = curves.training + curves.heldOut
    self.curves = curves
    steps = Axis.counts(upTo: all.map(\.step).max() ?? 1, ticks: Layout.stepTicks)
    losses = Axis.losses(all.map(\.loss), ticks: Layout.lossTicks)
  }

  /// The picture, opaque so that it is readable on any background.
  ///
  /// - Parameter title: what was trained.
  package func draw(title: String) -> Picture {
    var canvas = Canvas(width: Layout.width, height: Layout.height, colour: Paint.paper)
    drawGrid(on: &canvas)
    let smoothed = LossCurves.smoothed(
      curves.training, reach: curves.training.count / Layout.pointsPerReach)
    drawCurve(curves.training, Paint.paleBlue, Layout.thin, on: &canvas)
    drawCurve(smoothed, Paint.blue, Layout.thick, on: &canvas)
    drawCurve(curves.heldOut, Paint.orange, Layout.thick, on: &canvas)
    if curves.heldOut.count <= Layout.mostDots {
      canvas.draw(in: Paint.orange) { stencil in
        for point in curves.heldOut { stencil.line([place(point)], thickness: Layout.dot) }
      }
    }
    drawLabels(title, on: &canvas)
    drawLegend(
      [
        ("training, each batch", Paint.paleBlue, nil),
        ("training, smoothed", Paint.blue, smoothed.last),
        ("held out", Paint.orange, curves.heldOut.last),
      ], on: &canvas)
    return canvas.picture
  }
}

// MARK: - Parts of the picture

extension LossPlot {
  private func place(_ point: LossCurves.Point) -> Place {
    Place(x: x(Double(point.step)), y: y(point.loss))
  }

  private func x(_ step: Double) -> Double {
    let (left, right) = (Double(Layout.left), Double(Layout.width - Layout.right))
    return left + (right - left) * steps.position(of: step)
  }

  private func y(_ loss: Double) -> Double {
    let (top, bottom) = (Double(Layout.top), Double(Layout.height - Layout.bottom))
    return bottom - (bottom - top) * losses.position(of: loss)
  }

  private func drawGrid(on canvas: inout Canvas) {
    let bottom = Layout.height - Layout.bottom
    let plotWidth = Layout.width - Layout.left - Layout.right
    canvas.draw(in: Paint.grid) { stencil in
      for tick in losses.ticks {
        stencil.rectangle(
          x: Layout.left, y: Int(y(tick.value).rounded()), width: plotWidth, height: 1)
      }
      for tick in steps.ticks {
        stencil.rectangle(
          x: Int(x(tick.value).rounded()), y: Layout.top, width: 1, height: bottom - Layout.top)
      }
    }
    canvas.draw(in: Paint.axis) { stencil in
      stencil.rectangle(x: Layout.left, y: bottom, width: plotWidth + 1, height: Layout.scale)
      for tick in steps.ticks {
        stencil.rectangle(
          x: Int(x(tick.value).rounded()), y: bottom, width: Layout.scale, height: Layout.tick)
      }
    }
  }

  private func drawCurve(
    _ points: [LossCurves.Point], _ colour: Colour, _ thickness: Double, on canvas: inout Canvas
  ) {
    canvas.draw(in: colour) { $0.line(points.map(place), thickness: thickness) }
  }

  private func drawLabels(_ title: String, on canvas: inout Canvas) {
    let bottom = Layout.height - Layout.bottom
    canvas.draw(in: Paint.text) { stencil in
      stencil.text(
        Layout.fitted(title), x: Layout.margin, y: Layout.margin, scale: Layout.titleScale)
    }
    canvas.draw(in: Paint.label) { stencil in
      for tick in losses.ticks {
        let middle = Int(y(tick.value).rounded()) - BitmapFont.ascent * Layout.scale / 2
        stencil.text(
          tick.label, x: Layout.left - Layout.gap, y: middle, .right, scale: Layout.scale)
      }
      for tick in steps.ticks {
        stencil.text(
          tick.label, x: Int(x(tick.value).rounded()), y: bottom + Layout.gap, .middle,
          scale: Layout.scale)
      }
      let name = losses.scale == .logarithmic ? "loss, log scale" : "loss"
      stencil.text(name, x: Layout.margin, y: Layout.nameTop, scale: Layout.scale)
      stencil.text(
        "step", x: Layout.width - Layout.right, y: Layout.height - Layout.margin, .right,
        scale: Layout.scale)
    }
  }

  /// The curves' names in a row from the right, each with its colour and where it ends.
  private func drawLegend(
    _ entries: [(name: String, colour: Colour, last: LossCurves.Point?)],
    on canvas: inout Canvas
  ) {
    var right = Layout.width - Layout.right
    for entry in entries.reversed() {
      let text = entry.last.map { "\(entry.name) \(significant($0.loss))" } ?? entry.name
      let left = right - Stencil.width(of: text, scale: Layout.scale)
      let key = Layout.keyWidth
      canvas.draw(in: Paint.text) {
        $0.text(text, x: left, y: Layout.nameTop, scale: Layout.scale)
      }
      canvas.draw(in: entry.colour) {
        $0.rectangle(
          x: left - Layout.gap - key, y: Layout.nameTop + BitmapFont.ascent, width: key,
          height: 2 * Layout.scale)
      }
      right = left - key - 3 * Layout.gap
    }
  }

  /// A loss in three digits that count.
  private func significant(_ loss: Double) -> String {
    let digits = loss > 0 ? 2 - Int(floor(log10(loss))) : 2
    return String(format: "%.\(max(0, digits))f", loss)
  }
}

// MARK: - Sizes and colours

/// Sizes in pixels.
private enum Layout {
  static let (width, height) = (1200, 700)
  static let (left, right, top, bottom) = (96, 36, 116, 84)
  static let margin = 32
  /// Upper edge of the line that names the loss axis and the curves.
  static let nameTop = 82
  static let gap = 14
  static let tick = 8
  static let keyWidth = 30
  static let (scale, titleScale) = (2, 3)
  static let (thin, thick, dot) = (1.5, 3.0, 8.0)
  static let (stepTicks, lossTicks) = (10, 9)
  /// Of so many points one is averaged on either side: a tenth of the curve in all.
  static let pointsPerReach = 20
  /// The end of a title that is too long: of a path it tells more than the beginning.
  static func fitted(_ title: String) -> String {
    let room = (width - 2 * margin) / (BitmapFont.advance * titleScale)
    return title.count <= room ? title : "..." + title.suffix(room - 3)
  }
  /// With more dots they would be a line of their own.
  static let mostDots = 60
}
