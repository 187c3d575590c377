// A chart as a file of its own, for pages that show pictures only.

import Diffusion

extension LineChart {
  private static let (rowHeight, sampleWidth, legendGap) = (18.0, 26.0, 8.0)
  /// Pixels that it is shown in where nobody says.
  private static let shownWidth = 720

  /// The picture with its legend below it, as an SVG file that needs nothing else.
  var file: String {
    let entries = legendEntries
    let rows = (entries.count + 1) / 2
    let height = Self.size.height + Double(rows) * Self.rowHeight + Self.legendGap
    let width = Self.size.width.brief
    return tag(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(width) \(height.brief)",
        "width": "\(Self.shownWidth)", "role": "img",
      ],
      tag("title", [:], .text(title)), tag("style", [:], .text(ReportStyle.chartSheet)),
      tag("rect", ["class": "ground", "width": "\(width)", "height": "\(height.brief)"]),
      tag("g", ["class": "chart"], drawing + entries.enumerated().map(placed))
    ).markup
  }

  /// Two columns below the chart.
  private func placed(_ place: Int, _ entry: (sample: HTML, name: String)) -> HTML {
    let column = Double(place % 2) * (Self.size.width - Self.margin.left) / 2
    let (x, y) = (
      Self.margin.left + column, Self.size.height + Double(place / 2) * Self.rowHeight
    )
    return tag(
      "g", ["transform": "translate(\(x.brief) \(y.brief))"],
      entry.sample,
      tag(
        "text", ["x": "\((Self.sampleWidth + Self.legendGap).brief)", "y": "9"],
        .text(entry.name)))
  }
}
