// The columns of `table.csv`, which scripts and spreadsheets rely on.

import Diffusion
import Testing

@Suite struct EvaluationReportCSVTests {
  private let bench: EvaluationBench
  init() throws { bench = try EvaluationBench() }

  private static let columns =
    """
    spacing,sampler,steps,images,compared_images,images_per_second,nfe,network_evaluations,seconds,\
    clipped_share,frechet_distance,frechet_distance_error,frechet_distance_floor,\
    frechet_distance_extrapolated,frechet_distance_extrapolated_error,\
    frechet_distance_extrapolated_floor,\
    kernel_distance,kernel_distance_error,kernel_distance_floor,precision,precision_error,\
    precision_floor,recall,recall_error,recall_floor,confidence,confidence_error,confidence_floor,\
    class_distance,nearest_training_image,nearest_training_image_error,nearest_training_image_floor,\
    near_share,near_share_error,near_share_floor,nearest_training_image_least,\
    nearest_training_image_least_error,nearest_training_image_least_floor,grid
    """

  /// Fields between commas outside quotes.
  private func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  @Test func aLineHoldsAllNumbersOfACell() throws {
    let report = try bench.report("--count 20 --steps 2,3 --eta 0,hat")
    let lines = try bench.text("table.csv").split(separator: "\n")
    #expect(lines[0] == Self.columns && lines.count == 5)
    let names = fields(lines[0])
    for (line, cell) in zip(lines.dropFirst(), report["cells"].elements) {
      let row = Dictionary(uniqueKeysWithValues: zip(names, fields(line)))
      let missing = row.filter { $0.value.isEmpty }.map(\.key)
      #expect(fields(line).count == names.count)
      // Of 20 images nothing is extrapolated, and a least distance has no error.
      #expect(
        Set(missing) == [
          "frechet_distance_extrapolated", "frechet_distance_extrapolated_error",
          "frechet_distance_extrapolated_floor", "nearest_training_image_least_error",
        ])
      for name in ["spacing", "sampler", "grid"] {
        #expect(cell[name] == .string(row[name] ?? ""), "\(name)")
      }
      for name in ["steps", "images", "nfe", "network_evaluations", "seconds", "images_per_second"]
      {
        #expect(cell[name].double == row[name].flatMap(Double.init), "\(name)")
      }
      for name in ["frechet_distance", "precision", "near_share"] {
        #expect(cell[name]["mean"].double == row[name].flatMap(Double.init), "\(name)")
        #expect(
          cell[name]["standard_error"].double == row["\(name)_error"].flatMap(Double.init))
        #expect(
          report["floor"][name]["mean"].double == row["\(name)_floor"].flatMap(Double.init))
      }
    }
  }

  @Test func whatWasNotMeasuredIsEmpty() throws {
    _ = try bench.run("--count 3 --steps 2 --eta hat --metrics time,loss --quiet")
    let lines = try bench.text("table.csv").split(separator: "\n")
    #expect(lines[0] == Self.columns && lines.count == 2)
    #expect(lines[1].hasPrefix("trailing,\"DDPM, large variance\",2,3,,"))
    let unmeasured = fields(lines[1]).dropFirst(10).dropLast()
    #expect(unmeasured.allSatisfy { $0.isEmpty })
  }
}
