// Curves with axes, as SVG inside a page: it scales with its place and takes the page's colours.

import Diffusion
import Foundation

/// Lines through points over two axes, which are logarithmic where the numbers ask for it.
struct LineChart {
  struct Point {
    let x: Double
    let y: Double
    /// One standard error of y.
    let error: Double?
    /// The text shown when a pointer is over it.
    let title: String
  }

  struct Series {
    let name: String
    /// Its place among the page's colours.
    let colour: Int
    /// Its place among the dash patterns.
    let dash: Int
    let points: [Point]
  }

  let title: String
  let xTitle: String
  let yTitle: String
  let series: [Series]
  /// A line to compare with.
  let floor: Double?
  /// Numbers to mark on the x axis; without them, round ones.
  var marks: [Double]?
  /// The points that no other beats for as little, by rising x.
  var front: [FrontPoint] = []

  /// So many marks at most are better than round numbers.
  static let mostMarks = 6
  static let size = (width: 520.0, height: 300.0)
  static let margin = (left: 64.0, right: 14.0, top: 12.0, bottom: 44.0)
  private static let mostTicks = (x: 6, y: 7)
  static let radius = 3.2
  /// The width of a label's character, on a phone, and of the space between two labels.
  private static let (characterWidth, labelGap) = (10.0, 6.0)
  static let dashes = ["none", "6 4", "2 3", "9 3 2 3", "1 4"]

  private var points: [Point] { series.flatMap(\.points) }
  private var xAxis: Axis { Axis.losses(points.map(\.x), ticks: Self.mostTicks.x) }
  private var yAxis: Axis {
    Axis.losses(points.map(\.y) + [floor].compactMap(\.self), ticks: Self.mostTicks.y)
  }

  /// The picture with its legend.
  var figure: HTML {
    tag("figure", ["class": "chart"], tag("figcaption", [:], .text(title)), svg, legend)
  }

  func x(_ value: Double) -> Double {
    let width = Self.size.width - Self.margin.left - Self.margin.right
    return Self.margin.left + xAxis.position(of: value) * width
  }

  func y(_ value: Double) -> Double {
    let height = Self.size.height - Self.margin.top - Self.margin.bottom
    // What is off the axis, such as an error that reaches below 0, ends at its edge.
    let share = yAxis.scale == .logarithmic && value <= 0 ? 0 : yAxis.position(of: value)
    return Self.margin.top + (1 - min(1, max(0, share))) * height
  }

  private var svg: HTML {
    tag(
      "svg",
      [
        "viewBox": "0 0 \(Self.size.width.brief) \(Self.size.height.brief)", "role": "img",
        "aria-label": title,
      ],
      drawing)
  }

  /// Axes, curves and front.
  var drawing: [HTML] {
    [grid, titles, floorLine, frontLine] + series.map(curve) + front.map(ring)
  }

  private var grid: HTML {
    let (right, bottom) = (
      Self.size.width - Self.margin.right, Self.size.height - Self.margin.bottom
    )
    let rows = yAxis.ticks.map { tick in
      HTML.group([
        line("grid", (Self.margin.left, y(tick.value)), (right, y(tick.value))),
        label(tick.label, "end", Self.margin.left - 7, y(tick.value) + 4),
      ])
    }
    let marked = marks.map { $0.map { ($0, $0.brief) } } ?? xAxis.ticks.map { ($0.value, $0.label) }
    var end = -Double.infinity
    let columns = marked.map { value, text in
      let half = (Double(text.count) * Self.characterWidth + Self.labelGap) / 2
      // A number that would touch the one before it has its tick only.
      let isFree = x(value) - half >= end
      if isFree { end = x(value) + half }
      return HTML.group([
        line("tick", (x(value), bottom), (x(value), bottom + 5)),
        isFree ? label(text, "middle", x(value), bottom + 18) : .group([]),
      ])
    }
    return .group(
      rows + columns + [line("base", (Self.margin.left, bottom), (right, bottom))])
  }

  private var titles: HTML {
    let middle = (Self.margin.left + Self.size.width - Self.margin.right) / 2
    return .group([
      label(xTitle, "middle", middle, Self.size.height - 8),
      tag(
        "text",
        [
          "x": number(-(Self.size.height - Self.margin.bottom) / 2), "y": "11",
          "text-anchor": "middle", "transform": "rotate(-90)",
        ], .text(yTitle)),
    ])
  }

  private var floorLine: HTML {
    guard let floor else { return .group([]) }
    let right = Self.size.width - Self.margin.right
    return .group([
      line("floor", (Self.margin.left, y(floor)), (right, y(floor))),
      label("real images", "end", right, y(floor) - 5),
    ])
  }

  private func curve(_ series: Series) -> HTML {
    let path = series.points.map { "\(number(x($0.x))),\(number(y($0.y)))" }.joined(separator: " ")
    let dash = Self.dashes[series.dash % Self.dashes.count]
    return tag(
      "g", ["class": "c\(series.colour % ReportStyle.colours)"],
      [tag("polyline", ["points": path, "stroke-dasharray": dash])]
        + series.points.map { point in
          let bar =
            point.error.map { error in
              line("error", (x(point.x), y(point.y - error)), (x(point.x), y(point.y + error)))
            } ?? .group([])
          let dot = tag(
            "circle",
            ["cx": number(x(point.x)), "cy": number(y(point.y)), "r": number(Self.radius)],
            tag("title", [:], .text(point.title)))
          return .group([bar, dot])
        })
  }

  private func line(
    _ name: String, _ from: (x: Double, y: Double), _ to: (x: Double, y: Double)
  ) -> HTML {
    tag(
      "line",
      [
        "class": name, "x1": number(from.x), "y1": number(from.y), "x2": number(to.x),
        "y2": number(to.y),
      ])
  }

  private func label(_ text: String, _ anchor: String, _ x: Double, _ y: Double) -> HTML {
    tag("text", ["x": number(x), "y": number(y), "text-anchor": anchor], .text(text))
  }

  func number(_ value: Double) -> String { decimals(value, 1) }
}
