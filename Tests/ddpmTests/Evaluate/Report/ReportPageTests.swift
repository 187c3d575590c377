// The report's page: well-formed, complete and without anything from outside.

import Diffusion
import Foundation
import Testing

@Suite struct ReportPageTests {
  private let bench: EvaluationBench
  init() throws { bench = try EvaluationBench() }

  private static let words = "--count 20 --steps 2,3 --eta 0,0.5,hat --spacing trailing,leading"

  @Test func thePageIsWellFormedAndNeedsNothingElse() throws {
    #expect(try bench.run(Self.words + " --quiet").code == 0)
    let page = try bench.text("report.html")
    let markup = try Markup(page)
    for word in ["http:", "https:", "<script", "<link", "url(", "@import", "javascript:"] {
      #expect(!page.contains(word), "\(word)")
    }
    for element in markup.elements {
      for name in ["src", "href", "data", "srcset"] {
        if let value = element.attributes[name] {
          #expect(value.hasPrefix("data:image/png;base64,"), "\(name)")
        }
      }
      #expect(!element.attributes.keys.contains { $0.hasPrefix("on") })
    }
    #expect(page.contains("prefers-color-scheme: dark"))
    #expect(
      markup.elements.contains {
        $0.name == "meta" && $0.attributes["content"] == "width=device-width, initial-scale=1"
      })
    // One grid per cell, and two pictures per spacing.
    let pictures = markup.elements.filter { $0.name == "img" }
    #expect(pictures.count == 12 + 4 + 3)
    let grid = try bench.workspace.bytes("model/evaluation/ddpm-large-variance-leading-steps3.png")
    let embedded = "data:image/png;base64,\(Data(grid).base64EncodedString())"
    #expect(pictures.contains { $0.attributes["src"] == embedded })
    #expect(pictures.allSatisfy { $0.attributes["alt"]?.isEmpty == false })
  }

  @Test func theChartIsAFileOfItsOwnToo() throws {
    #expect(try bench.run(Self.words + " --quiet").code == 0)
    let chart = try Markup(bench.text("over-evaluations.svg"))
    let root = try #require(chart.elements.first)
    #expect(root.name == "svg" && root.attributes["xmlns"] == "http://www.w3.org/2000/svg")
    for words in ["DDIM, trailing", "DDIM, leading", "Pareto front", "per image (NFE)"] {
      #expect(chart.text.contains(words), "\(words)")
    }
    #expect(chart.elements.allSatisfy { $0.attributes["href"] == nil && $0.name != "image" })
  }

  @Test func everyMeasurementHasItsPlace() throws {
    _ = try bench.run(Self.words + " --quiet")
    let markup = try Markup(bench.text("report.html"))
    for words in [
      "Frechet distance: too few images", "Kernel distance; real images", "Precision / recall",
      "Nearest training image", "Images per second", "Over evaluations of the network",
      "Over milliseconds per image",
      "Pareto front: quality over evaluations",
      "Consistency", "Reconstruction", "Bits per dimension", "The decoder has its floor",
      "Where the bits go, large variance", "Loss by timestep", "How to read this",
      "trailing, leading spacing", "extractor", "seed 0",
    ] { #expect(markup.text.contains(words), "\(words)") }
    // Two charts of three samplers in two spacings, one dot per cell and one in the legend.
    let circles = markup.elements.filter { $0.name == "circle" }
    #expect(circles.count { $0.attributes["class"] == nil } == 2 * (12 + 6))
    let front = try JSON.parse(bench.text("report.json").utf8)["pareto_front"]["cells"].elements
    let chances = front.count { $0["gain"] == "chance" }
    // A ring per cell of the front and one in the legend, broken where the gain may be chance.
    #expect(
      circles.count { $0.attributes["class"] == "ring" } == front.count - chances + 1)
    #expect(
      circles.count { $0.attributes["class"] == "ring chance" } == chances + min(1, chances))
    #expect(markup.elements.count { $0.attributes["class"] == "front" } == 2 + min(1, chances))
    // Two tables have colours, where a difference from real images is more than chance.
    let heats = markup.elements.compactMap { $0.attributes["style"] }
      .filter { $0.hasPrefix("--heat:") }
      .compactMap { Double($0.dropFirst("--heat:".count)) }
    #expect((1...2 * 12).contains(heats.count) && heats.allSatisfy { (0...1).contains($0) })
  }

  @Test func whatWasNotMeasuredLeavesNoGap() throws {
    let result = try BuiltTool.shell(
      """
      cd '\(bench.workspace.path(""))' && mv model 'm<b>&"' && exec "$0" evaluate --quiet \\
        --model 'm<b>&"' --count 3 --steps 2 --eta 0 --metrics time
      """)
    #expect(result.code == 0, "\(result.messages)")
    let page = String(
      decoding: try bench.workspace.bytes("m<b>&\"/evaluation/report.html"), as: UTF8.self)
    let markup = try Markup(page)
    #expect(markup.text.contains("m&lt;b&gt;&amp;&quot;"))
    #expect(markup.text.contains("Images per second") && !markup.text.contains("Kernel distance;"))
    #expect(!markup.text.contains("Reconstruction") && !markup.text.contains("like real images"))
    #expect(!markup.elements.contains { $0.name == "circle" })
  }
}
