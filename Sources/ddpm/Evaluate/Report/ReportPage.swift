// The report as one page that needs nothing else: no file beside it, no network, no script.

import Diffusion
import Foundation

/// An evaluation's page.
struct ReportPage {
  let report: EvaluationReport

  init(_ report: EvaluationReport) { self.report = report }

  /// The page's text.
  var text: String {
    let head = tag(
      "head", [:], tag("meta", ["charset": "utf-8"]),
      tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      tag("title", [:], .text("Evaluation of \(report.about.model)")),
      tag("style", [:], .text(ReportStyle.sheet)))
    let body = tag("body", [:], tag("main", [:], [header] + sections + [footer]))
    return "<!DOCTYPE html>\n" + tag("html", ["lang": "en"], head, body).markup
  }

  private var header: HTML {
    .group([
      tag("h1", [:], "Samplers compared"),
      tag(
        "p", ["class": "lead"],
        .text("The model in \(report.about.model.printable), by sampler and number of steps.")),
      tag(
        "dl", ["class": "facts"],
        report.conditions.map { line in
          .group([tag("dt", [:], .text(line.subject)), tag("dd", [:], .text(line.text))])
        }),
    ])
  }

  private var footer: HTML {
    tag(
      "footer", [:],
      .text(
        "ddpm \(Tool.version). The same numbers are in report.json, table.csv and table.md beside"
          + " this page; the grids are there as PNG."))
  }

  private var sections: [HTML] {
    [quality, curves, classes, grids] + report.sections.map(block) + [reading]
  }

  /// A section with a heading, unless it would be empty.
  func section(_ title: String, _ content: [HTML]) -> HTML {
    content.isEmpty
      ? .group([]) : tag("section", [:], [tag("h2", [:], .text(title))] + content)
  }

  private var quality: HTML {
    let tables = report.cellTables
    let isColoured = tables.contains { $0.rows.contains { $0.contains { $0.heat != nil } } }
    let scale = tag(
      "p", ["class": "scale"], tag("span", [:], "like real images"), tag("i"),
      tag("span", [:], "far from them"))
    return section(
      "By sampler and steps",
      tables.isEmpty
        ? []
        : (isColoured ? [scale] : [])
          + [tag("div", ["class": "columns"], tables.map(\.card))])
  }

  private var curves: HTML {
    let charts = report.charts.map { tag("div", ["class": "card"], $0.figure) }
    return section(
      report.leadingTable.map { "\($0.title), and what it costs" } ?? "",
      charts.isEmpty
        ? []
        : [tag("div", ["class": "columns"], charts + [report.frontTable?.card].compactMap(\.self))])
  }

  private var classes: HTML {
    guard let table = report.classTable else { return .group([]) }
    return tag(
      "details", [:], tag("summary", [:], .text(table.title)), table.html,
      tag("p", ["class": "note"], .text(table.note)))
  }

  private var grids: HTML {
    let about = report.about
    var rows: [HTML] = []
    for spacing in about.spacings {
      for sampler in report.samplers {
        let cells = report.cells.filter { $0.sampler == sampler && $0.spacing == spacing }
        let figures = cells.compactMap { cell in
          cell.picture.map { $0.figure(cell.title(about)) }
        }
        if !figures.isEmpty { rows.append(tag("div", ["class": "grids"], figures)) }
      }
    }
    let note = tag(
      "p", ["class": "note"], "All from the same noise, so that one place shows one x_T everywhere."
    )
    return section("Samples", rows.isEmpty ? [] : rows + [note])
  }

  private func block(_ part: EvaluationReport.Section) -> HTML {
    let figures =
      part.figures.isEmpty ? [] : [tag("div", ["class": "card stack"], part.figures)]
    return section(
      part.heading, [tag("div", ["class": "columns"], [part.table.card] + figures)])
  }

  private var reading: HTML {
    section(
      "How to read this",
      [
        tag(
          "p", [:],
          """
          DDIM draws the same image from the same noise each time; DDPM adds noise in every step, with \
          the small variance or with the large one, which its authors used. Time goes with the number \
          of evaluations of the network (NFE). The DDIM paper found that the fewer the steps, the more \
          DDIM gains on DDPM, and that the large variance does badly in few steps.
          """),
        tag(
          "p", [:],
          """
          Frechet and kernel distance, precision and recall compare sets of images in the features of a \
          small classifier. They say which of two samplers is nearer to the data, and only that: they \
          depend on the features and on the number of images, so hold them against the numbers of real \
          images given beside them, not against published ones. Differences of about one standard \
          error, the number after ±, are chance.
          """),
        tag(
          "p", [:],
          """
          Times are those of this machine while it did whatever else it did. The colours go from the \
          numbers of real images to 32 times their Frechet distance, 127 standard errors of an unbiased \
          distance, or a precision and recall less by 0.5, and follow the logarithm of the distances. A \
          number within two standard errors of that of real images has no colour: the difference may be \
          chance.
          """),
      ])
  }
}
