// A small plot of curves over the timesteps.

import Diffusion
internal import Numerics

/// Curves with an axis of their own.
struct SmallPlot {
  /// What the curves' values are.
  enum Quantity {
    /// From 0 to 1.
    case share
    /// Anything.
    case number
  }

  let title: String
  var quantity = Quantity.number
  let curves: [[(t: Int, value: Double)]]

  private static let colours = [Paint.blue, Paint.orange]

  private static let scale = 2
  private static let (left, top, bottom) = (78, 32, 28)
  private static let gap = 8
  /// Of the curves in their order: where the second covers the first, both are seen.
  private static let thicknesses = [5.0, 2.0]
  private static let (ticks, timeTicks) = (5, 3)

  /// Draws the plot into a part of a canvas.
  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, height: Int) {
    let all = curves.joined()
    let times = Axis.counts(upTo: all.map(\.t).max() ?? 1, ticks: SmallPlot.timeTicks)
    let values =
      switch quantity {
      case .share: Axis.shares(ticks: SmallPlot.ticks)
      case .number: Axis.losses(all.map(\.value), ticks: SmallPlot.ticks)
      }
    let (left, top) = (x + SmallPlot.left, y + SmallPlot.top)
    let (right, bottom) = (x + width, y + height - SmallPlot.bottom)
    func across(_ t: Double) -> Double {
      Double(left) + Double(right - left) * times.position(of: t)
    }
    func down(_ value: Double) -> Double {
      Double(bottom) - Double(bottom - top) * values.position(of: value)
    }
    canvas.draw(in: Paint.grid) { stencil in
      for tick in values.ticks {
        stencil.rectangle(x: left, y: Int(down(tick.value)), width: right - left, height: 1)
      }
      for tick in times.ticks {
        stencil.rectangle(x: Int(across(tick.value)), y: top, width: 1, height: bottom - top)
      }
    }
    for (place, curve) in curves.enumerated() {
      canvas.draw(in: SmallPlot.colours[place]) {
        $0.line(
          curve.map { Place(x: across(Double($0.t)), y: down($0.value)) },
          thickness: SmallPlot.thicknesses[place])
      }
    }
    canvas.draw(in: Paint.text) {
      $0.text(title, x: left, y: y, scale: SmallPlot.scale)
    }
    canvas.draw(in: Paint.label) { stencil in
      for tick in values.ticks {
        stencil.text(
          tick.label, x: left - SmallPlot.gap,
          y: Int(down(tick.value)) - BitmapFont.ascent * SmallPlot.scale / 2, .right,
          scale: SmallPlot.scale)
      }
      for tick in times.ticks {
        stencil.text(
          tick.label, x: Int(across(tick.value)), y: bottom + SmallPlot.gap, .middle,
          scale: SmallPlot.scale)
      }
    }
  }
}
