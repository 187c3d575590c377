// The Pareto front in a chart, and the legend of curves and front.

extension LineChart {
  /// A point of the Pareto front.
  struct FrontPoint {
    let x: Double
    let y: Double
    /// Whether what it gains over cheaper ones may be chance.
    let isChance: Bool
  }

  private static let ringRadius = 7.0

  /// The best that can be had for as little, as steps.
  var frontLine: HTML {
    guard let first = front.first else { return .group([]) }
    let (start, right) = ((x(first.x), y(first.y)), Self.size.width - Self.margin.right)
    var corners = [start]
    for point in front.dropFirst() {
      corners += [(x(point.x), corners[corners.count - 1].1), (x(point.x), y(point.y))]
    }
    corners.append((right, corners[corners.count - 1].1))
    let path = corners.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
    return tag("polyline", ["class": "front", "points": path])
  }

  func ring(_ point: FrontPoint) -> HTML {
    ring(x(point.x), y(point.y), isChance: point.isChance)
  }

  private func ring(_ x: Double, _ y: Double, isChance: Bool) -> HTML {
    tag(
      "circle",
      [
        "class": isChance ? "ring chance" : "ring", "cx": number(x), "cy": number(y),
        "r": number(Self.ringRadius),
      ])
  }

  var legend: HTML {
    tag(
      "ul", ["class": "legend"],
      legendEntries.map { entry in
        tag("li", [:], tag("svg", ["viewBox": "0 0 26 10"], entry.sample), .text(entry.name))
      })
  }

  /// What the curves and the front look like, each 26 wide and 10 high, and their names.
  var legendEntries: [(sample: HTML, name: String)] {
    series.map { series in
      let dash = Self.dashes[series.dash % Self.dashes.count]
      let sample = tag(
        "g", ["class": "c\(series.colour % ReportStyle.colours)"],
        tag("polyline", ["points": "1,5 25,5", "stroke-dasharray": dash]),
        tag("circle", ["cx": "13", "cy": "5", "r": number(Self.radius)]))
      return (sample, series.name)
    } + frontEntries
  }

  private var frontEntries: [(sample: HTML, name: String)] {
    guard !front.isEmpty else { return [] }
    func sample(isChance: Bool) -> HTML {
      tag(
        "g", [:], tag("polyline", ["class": "front", "points": "1,5 25,5"]),
        ring(13, 5, isChance: isChance))
    }
    return [(sample(isChance: false), "Pareto front")]
      + (front.contains(where: \.isChance)
        ? [(sample(isChance: true), "its gain may be chance")] : [])
  }
}
