// An evaluation shared by the ranks of a job: rank 0 measures, and all draw the images of its cells.

import Diffusion
import Ranks

extension EvaluationSession {
  /// What rank 0 says when there is nothing more to draw.
  private static let end = -1

  /// Draws a cell's images with all ranks, of which this one is the first.
  ///
  /// - Parameter place: of the cell in the comparison.
  func fillShared(
    _ place: Int, _ options: SamplingOptions
  ) throws(SamplingError) -> Comparison.Result {
    _ = Tool.ranks.broadcast([place])
    return try fillShare(place, options)
  }

  private func fillShare(
    _ place: Int, _ options: SamplingOptions
  ) throws(SamplingError) -> Comparison.Result {
    var options = options
    options.ranks = Tool.ranks
    return try comparison.fill(comparison.cells[place], options)
  }

  /// Draws this rank's share of the images of whatever cell the first one says.
  func follow() throws {
    while true {
      let place = Tool.ranks.broadcast([Self.end])[0]
      if place == Self.end { return }
      _ = try fillShare(place, options())
    }
  }

  /// Lets the other ranks go.
  func end() { _ = Tool.ranks.broadcast([Self.end]) }
}
