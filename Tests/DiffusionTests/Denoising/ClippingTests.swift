// Dynamic thresholding: each image by its own quantile.

import Diffusion
import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct ClippingTests {
  private static let first: [Float] = [0.5, -4, 1, 2, -0.25]
  private static let second: [Float] = [0.1, -0.2, 0.3, -0.4, 0.9]

  /// The estimates of x0 that a walk of two images takes.
  private func estimates(_ images: [[Float]], _ clipping: Clipping) throws -> (
    values: [Float], clipped: Int
  ) {
    let output = images.flatMap(\.self)
    let memory = FloatMemory(count: output.count)
    var walk = Walk(
      StoredOutputs([output]), try NoiseSchedule(.linear, timesteps: 100), .sample, clipping,
      memory: 0, capacity: output.count
    ).beginning(0..<images.count, at: memory.all)
    let estimate = walk.estimate(at: Timestep(50))
    return (estimate.values, walk.clippedCount)
  }

  /// `torch.quantile([.25, .5, 1, 2, 4], q)`: 2 for q = .75, 3 for .875, 4 for 1, and at least 1.
  @Test(arguments: [
    (0.75, nil, 2.0), (0.875, nil, 3), (1, nil, 4), (0.25, nil, 1), (0, nil, 1), (1, 1.5, 1.5),
    (0.875, 10, 3), (1, 1, 1),
  ])
  func anImageIsDividedByItsQuantile(quantile: Double, most: Double?, bound: Double) throws {
    let found = try estimates([Self.first], .dynamic(quantile: quantile, most: most))
    for (value, x) in zip(found.values, Self.first) {
      let expected = min(max(Double(x), -bound), bound) / bound
      #expect(abs(Double(value) - expected) <= 1e-6)
    }
    #expect(found.clipped == Self.first.count { Double(abs($0)) > bound })
  }

  @Test func everyImageHasItsOwnQuantile() throws {
    let clipping = Clipping.dynamic(quantile: 0.875, most: nil)
    let both = try estimates([Self.first, Self.second], clipping)
    let alone = try [Self.first, Self.second].map { try estimates([$0], clipping) }
    #expect(both.values == alone.flatMap(\.values))
    #expect(Array(both.values.suffix(5)) == Self.second && alone[0].values != Self.first)
  }

  @Test func imagesInRangeAreLeftAlone() throws {
    let found = try estimates([Self.second], .dynamic(quantile: 0.995, most: 3))
    #expect(found.values == Self.second && found.clipped == 0)
  }

  @Test(arguments: [
    (Clipping.dynamic(quantile: 1.5, most: nil), SamplingError.quantile(1.5)),
    (.dynamic(quantile: .infinity, most: nil), .quantile(.infinity)),
    (.dynamic(quantile: 0.9, most: 0.5), .largestThreshold(0.5)), (.toRange(0), .clipping(0)),
  ])
  func impossibleThresholdsAreRefused(clipping: Clipping, expected: SamplingError) throws {
    let model = try SmallTraining.trainer().snapshot()
    var options = SamplingOptions(threads: 1)
    options.clipping = clipping
    #expect(throws: expected) { try model.check(options) }
  }

  @Test func aModelThatThresholdsIsSavedAsSuch() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.trainer().snapshot().save(to: folder)
      let path = folder + "/scheduler/scheduler_config.json"
      let text = String(decoding: try [UInt8](file: path), as: UTF8.self)
        .replacing("\"thresholding\": false", with: "\"thresholding\": true")
        .replacing("\"sample_max_value\": 1.0", with: "\"sample_max_value\": 2.5")
      try Array(text.utf8).save(to: path)
      let model = try DiffusionModel(folder: folder)
      #expect(model.clipping == .dynamic(quantile: 0.995, most: 2.5))
      try model.save(to: folder + "/again")
      #expect(try DiffusionModel(folder: folder + "/again").clipping == model.clipping)
      let images = try model.sample(2, .ddim(steps: 3)).images
      #expect(images.values.allSatisfy { abs($0) <= 1 })
    }
  }
}
