// The Pareto front in the report: that of its cells, in the text, the tables and the JSON.

import Diffusion
import Testing

@Suite struct EvaluationReportFrontTests {
  private let bench: EvaluationBench
  init() throws { bench = try EvaluationBench() }

  @Test func theFrontIsThatOfTheCellsByEvaluations() throws {
    let words = "--count 25 --sampler ddim,heun --eta 0,hat --steps 2,3,5 --metrics time,fd,kd"
    let text = try bench.run(words).output
    let report = try bench.report(words)
    func place(_ cell: JSON) -> (nfe: Double, distance: Double) {
      (cell["nfe"].double ?? .nan, cell["kernel_distance"]["mean"].double ?? .nan)
    }
    let cells = report["cells"].elements
    let expected = cells.filter { cell in
      let (nfe, distance) = place(cell)
      return !cells.contains {
        let other = place($0)
        return other.nfe <= nfe && other.distance <= distance && other != (nfe, distance)
      }
    }.sorted { place($0).nfe < place($1).nfe }

    let front = report["pareto_front"]
    #expect(front["quantity"] == "kernel_distance")
    let rows = front["cells"].elements
    for key in ["sampler", "spacing", "steps", "nfe", "kernel_distance"] {
      #expect(rows.map { $0[key] } == expected.map { $0[key] }, "\(key)")
    }
    for (row, cell) in zip(rows, expected) {
      let seconds = cell["seconds"].double ?? .nan
      #expect(row["milliseconds_per_image"].double == 1000 * seconds / 25)
    }
    #expect(rows.first?["gain"] == "cheapest")
    for page in [text, try bench.text("table.md")] {
      #expect(page.contains("Pareto front: quality over evaluations of the network"))
      #expect(page.contains("may be chance"))
    }
  }

  /// Precision is better the larger it is.
  @Test func whatIsBetterTheLargerHasItsFrontToo() throws {
    let report = try bench.report("--count 25 --eta 0 --steps 2,3,5 --metrics pr")
    let front = report["pareto_front"]
    #expect(front["quantity"] == "precision")
    let values = front["cells"].elements.compactMap { $0["precision"]["mean"].double }
    #expect(values == values.sorted() && !values.isEmpty)
  }

  @Test func whatHasNoBetterAndWorseHasNoFront() throws {
    let result = try bench.run("--count 3 --steps 2 --eta 0 --metrics time --json", data: "")
    #expect(try JSON.parse(result.output.utf8)["pareto_front"] == .null)
    #expect(try !bench.text("table.md").contains("Pareto"))
  }
}
