// Curves out of a log, and curves without their noise.

import Diffusion
import Foundation
import TestSupport
import Testing
import ddpm

@Suite struct LossCurvesTests {
  private typealias Point = LossCurves.Point

  @Test func theLogsLossesAreRead() throws {
    let log = """
      {"step":10,"seconds":1.5,"loss":0.5,"gradient_norm":1.0}
      {"step":20,"loss":0.25,"held_out_loss":0.3,"held_out_by_timestep":[0.3]}
      {"step":30,"held_out_loss":1}
      {"note":"no step"}
      {"step":1e300,"loss":0.5}
      {"step":-9223372036854775808,"loss":0.5}
      {"step":33,"loss":1e308,"held_out_loss":-1e31}
      {"step":34,"loss":1e-320}
      [1]

      {"step":40,"loss":0.2
      """
    try withTemporaryFolder { folder in
      try Data(log.utf8).write(to: URL(filePath: folder + "/log"))
      let curves = try LossCurves(log: folder + "/log")
      #expect(curves.training == [Point(step: 10, loss: 0.5), Point(step: 20, loss: 0.25)])
      #expect(curves.heldOut == [Point(step: 20, loss: 0.3), Point(step: 30, loss: 1)])
      #expect(throws: FileError(path: folder + "/none", .missing)) {
        try LossCurves(log: folder + "/none")
      }
    }
  }

  @Test func aMeanOfNeighboursReplacesEachPoint() {
    let points = (0..<12).map { Point(step: $0, loss: $0 % 2 == 0 ? 1 : 3) }
    let smooth = LossCurves.smoothed(points, reach: 2)
    #expect(smooth.map(\.step) == points.map(\.step))
    // The first four keep to themselves, the next four have one neighbour on either side.
    #expect(smooth.prefix(4).map(\.loss) == [1, 3, 1, 3])
    #expect(abs(smooth[4].loss - 7.0 / 3) < 1e-12 && abs(smooth[5].loss - 5.0 / 3) < 1e-12)
    #expect(abs(smooth[8].loss - 9.0 / 5) < 1e-12)
    // At the end the neighbours to the right are missing.
    #expect(abs(smooth[11].loss - 7.0 / 3) < 1e-12)
    #expect(LossCurves.smoothed(points, reach: 0) == points)
    #expect(LossCurves.smoothed([], reach: 3).isEmpty)
  }
}
