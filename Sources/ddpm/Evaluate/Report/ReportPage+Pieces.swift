// The pieces of the page: tables, pictures, bars and curves.

import Diffusion
import Foundation

extension ReportTable {
  /// The table under its title, with its note.
  var card: HTML {
    tag(
      "div", ["class": "card"],
      [tag("h3", [:], .text(title))] + (rows.isEmpty ? [] : [html])
        + (note.isEmpty ? [] : [tag("p", ["class": "note"], .text(note))]))
  }

  /// The table alone, which scrolls where it is wider than the page.
  var html: HTML {
    func alignment(_ column: Int) -> String {
      columns[column].alignment == .left ? "left" : "right"
    }
    let head = tag(
      "tr", [:],
      columns.enumerated().map { place, column in
        tag("th", ["scope": "col", "class": alignment(place)], .text(column.heading))
      })
    let body = rows.map { row in
      tag(
        "tr", [:],
        row.enumerated().map { place, cell in
          place == 0
            ? tag("th", ["scope": "row", "class": alignment(place)], .text(cell.text))
            : cell.html(alignment(place))
        })
    }
    return tag(
      "div", ["class": "scroll"],
      tag("table", [:], tag("thead", [:], head), tag("tbody", [:], body)))
  }
}

extension ReportTable.Cell {
  fileprivate func html(_ alignment: String) -> HTML {
    let parts = text.split(separator: " ± ", maxSplits: 1).map(String.init)
    let error = parts.count > 1 ? [tag("span", ["class": "error"], .text(" ± \(parts[1])"))] : []
    let content = [HTML.text(parts.first ?? "")] + error
    guard let heat else { return tag("td", ["class": alignment], content) }
    let name = heat > 0.5 ? "heat far" : "heat"
    return tag("td", ["class": name, "style": "--heat:\(decimals(heat, 3))"], content)
  }
}

extension EvaluationReport.Picture {
  /// The picture in the page's own text.
  func figure(_ caption: String) -> HTML {
    tag(
      "figure", [:], tag("figcaption", [:], .text(caption)),
      tag(
        "img",
        [
          "src": "data:image/png;base64,\(Data(bytes).base64EncodedString())", "alt": caption,
          "width": "\(width)", "height": "\(height)", "loading": "lazy",
        ]))
  }
}

/// Numbers as bars, one under the other.
struct BarList {
  struct Bar {
    let name: String
    let value: Double
    let text: String
    /// Whether it is set off from the others.
    var isOther = false
  }

  let title: String
  let bars: [Bar]

  var figure: HTML {
    let most = max(bars.map(\.value).max() ?? 0, .leastNormalMagnitude)
    return tag(
      "figure", [:], tag("figcaption", [:], .text(title)),
      tag(
        "table", ["class": "bars"],
        tag(
          "tbody", [:],
          bars.map { bar in
            let width = decimals(100 * max(0, bar.value) / most, 2)
            return tag(
              "tr", ["class": bar.isOther ? "other" : "one"],
              tag("th", ["scope": "row", "class": "left"], .text(bar.name)),
              tag("td", ["class": "bar"], tag("i", ["style": "width:\(width)%"])),
              tag("td", [:], .text(bar.text)))
          })))
  }
}

extension EvaluationReport {
  /// The leading metric over evaluations, and over time where that was asked for.
  var charts: [LineChart] {
    guard let quantity = leadingTable?.quantity else { return [] }
    let floor = quantity.value(ofRealImages: standard?.floor)?.value
    let evaluations = cells.map(\.evaluations).unique.sorted()
    let overEvaluations = LineChart(
      title: "Over evaluations of the network",
      xTitle: "evaluations of the network per image (NFE)", yTitle: quantity.words,
      series: series(quantity) { Double($0.evaluations) }, floor: floor,
      marks: evaluations.count <= LineChart.mostMarks ? evaluations.map(Double.init) : nil,
      front: front.map {
        .init(
          x: Double($0.cell.evaluations), y: $0.number.value, isChance: $0.gain == .chance)
      })
    let overTime = LineChart(
      title: "Over milliseconds per image", xTitle: "milliseconds per image",
      yTitle: quantity.words, series: series(quantity, \.millisecondsPerImage), floor: floor)
    return has(.time) ? [overEvaluations, overTime] : [overEvaluations]
  }

  private func series(_ quantity: Quantity, _ x: (Cell) -> Double) -> [LineChart.Series] {
    about.spacings.enumerated().flatMap { dash, spacing in
      samplers.enumerated().map { colour, sampler in
        let points = cells.filter { $0.sampler == sampler && $0.spacing == spacing }
          .sorted { $0.steps < $1.steps }
          .compactMap { cell in
            value(quantity, cell).map { number in
              LineChart.Point(
                x: x(cell), y: number.value, error: number.error,
                title: "\(cell.title(about)): \(quantity.text(number)),"
                  + " NFE \(cell.evaluations), \(EvaluationReport.milliseconds(cell)) ms")
            }
          }
        let name = sampler + (about.spacings.count > 1 ? ", \(spacing.rawValue)" : "")
        return LineChart.Series(name: name, colour: colour, dash: dash, points: points)
      }
    }
  }
}
