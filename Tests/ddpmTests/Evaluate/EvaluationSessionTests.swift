// The measurements of `ddpm evaluate` against the library's.

import Diffusion
import Foundation
import Testing

@Suite struct EvaluationSessionTests {
  private let bench: EvaluationBench
  init() throws { bench = try EvaluationBench() }

  private func equal(_ json: JSON, _ mean: Double, _ error: Double?) -> Bool {
    json["mean"].double == mean && json["standard_error"].double == error
  }

  @Test func qualityIsTheLibrarys() throws {
    let report = try bench.report(
      "--count 25 --steps 2,3 --eta 0,hat --metrics fd,kd,pr,neighbours")
    let metrics = try QualityMetrics(
      bench.network, training: bench.training, test: bench.test, count: 25, threads: 1)
    let comparison = try Comparison(
      of: bench.model, samplers: [DDIMSampler(), DDIMSampler(eta: .hat)], steps: [2, 3],
      spacings: [.trailing], count: 25)
    let cells = report["cells"].elements
    #expect(cells.count == 4)
    for (json, cell) in zip(cells, comparison.cells) {
      let samples = try comparison.fill(cell, SamplingOptions(threads: 1)).samples
      let quality = metrics(ByteImages(samples.images))
      try check(json, quality)
      let floor = try #require(metrics.floor.features)
      #expect(
        json["class_distance"].double == quality.features?.classes.distance(to: floor.classes))
      let near = metrics.floor.neighbours.quantile(0.05)
      let share = quality.neighbours.share(nearerThan: near)
      #expect(equal(json["near_share"], share.mean, share.standardError))
    }
    try check(report["floor"], metrics.floor)
    #expect(report["extractor"]["classes"] == 3)
    #expect(report["extractor"]["trained_on"] == .string(bench.network.fingerprint))
    #expect(report["metrics"] == ["fd", "kd", "pr", "neighbours"] && report["left_out"] == [])
  }

  private func check(_ json: JSON, _ quality: ImageQuality) throws {
    let features = try #require(quality.features)
    let (frechet, kernel) = (features.frechet, features.kernel)
    #expect(json["compared_images"] == 25)
    #expect(equal(json["frechet_distance"], frechet.value, frechet.standardError))
    #expect(json["frechet_distance_extrapolated"] == .null)
    #expect(equal(json["kernel_distance"], kernel.value, kernel.standardError))
    for (key, mean) in [
      ("precision", features.coverage.precision), ("recall", features.coverage.recall),
      ("confidence", features.classes.confidence),
      ("nearest_training_image", quality.neighbours.mean),
    ] { #expect(equal(json[key], mean.mean, mean.standardError), "\(key)") }
    #expect(json["class_counts"].elements == features.classes.counts.map(JSON.integer))
    #expect(json["nearest_training_image_least"].double == quality.neighbours.quantile(0))
  }

  @Test func theFrechetDistanceOfFewImagesIsExtrapolatedAndComesAfterTheKernelDistance() throws {
    let bench = try EvaluationBench(images: 260)
    let words = "--count 256 --steps 1 --eta 0 --metrics fd,kd"
    let result = try bench.run(words)
    let kernel = try #require(result.output.range(of: "Kernel distance; real images"))
    let frechet = try #require(
      result.output.range(of: "Frechet distance of infinitely many images, extrapolated; real"))
    #expect(kernel.lowerBound < frechet.lowerBound)
    #expect(!result.output.contains("\nFrechet distance;") && result.output.contains("intercept"))
    let metrics = try QualityMetrics(
      bench.network, training: bench.training, test: bench.test, count: 256, threads: 1)
    let floor = try #require(metrics.floor.features?.extrapolated)
    let report = try bench.report(words)
    #expect(
      equal(report["floor"]["frechet_distance_extrapolated"], floor.value, floor.standardError))
    let cell = report["cells"].elements[0]
    #expect(cell["frechet_distance_extrapolated"]["standard_error"].double != nil)
    // The distance itself is in the JSON, where scripts also find the number of images.
    #expect(cell["frechet_distance"]["mean"].double != nil)
  }

  @Test func tooFewImagesHaveNoFrechetDistanceInTables() throws {
    let result = try bench.run("--count 20 --steps 2 --eta 0 --metrics fd,kd")
    #expect(result.output.contains("Frechet distance: too few images\nOf 20 images its bias"))
    #expect(result.output.contains("256 are enough to extrapolate"))
  }

  @Test func withoutLabelsPixelsAreCompared() throws {
    for split in ["train", "t10k"] {
      try bench.workspace.remove("data/\(split)-labels-idx1-ubyte")
    }
    let words = "--count 25 --steps 2 --eta 1"
    let result = try bench.run(words)
    #expect(result.code == 0)
    #expect(result.messages.contains("fd, kd, pr are left out: data: has no labels"))
    let report = try bench.report(words)
    let floor = TrainingNeighbours(
      of: bench.test.drawn(25).images, among: bench.training.images, threads: 1)
    let found = report["floor"]["nearest_training_image"]
    #expect(equal(found, floor.mean.mean, floor.mean.standardError))
    #expect(report["cells"].elements[0]["nearest_training_image"]["mean"].double != nil)
    #expect(report["cells"].elements[0]["frechet_distance"] == .null)
    // What was asked for by name is not left out.
    try bench.run("--metrics fd").expectRefusal(65, "has no labels")
  }

  @Test func reconstructionIsTheLibrarysOnImagesDrawnAtRandom() throws {
    let report = try bench.report(
      "--count 7 --steps 4,2 --metrics recon --spacing leading,trailing")
    let data = bench.test.drawn(7)
    let rows = report["reconstruction"].elements
    let cells = LatentSolver.allCases.flatMap { solver in
      [StepSpacing.leading, .trailing].flatMap { spacing in [4, 2].map { (solver, spacing, $0) } }
    }
    #expect(rows.count == 8)
    for (row, (solver, spacing, steps)) in zip(rows, cells) {
      let expected = try bench.model.reconstruct(
        data.images, labels: nil, steps: steps, spacing: spacing, by: solver, threads: 1)
      #expect(row["solver"] == (solver == .ddim ? "ddim" : "ddim2"))
      #expect(row["spacing"] == .string(spacing.rawValue) && row["steps"] == .integer(steps))
      #expect(equal(row["squared_error"], expected.error.mean, expected.error.standardError))
    }
    #expect(bench.workspace.exists("model/evaluation/reconstruction-leading.png"))
  }

  @Test func theExactLikelihoodIsMeasuredWhereItIsAskedFor() throws {
    #expect(
      try bench.report("--count 3 --metrics loss")["flow_bits_per_dimension"] == .null)
    let report = try bench.report("--count 3 --metrics ode")
    let flow = report["flow_bits_per_dimension"]
    let expected = try bench.model.flowLikelihood(
      of: bench.test.images, count: 3, steps: 100, seed: 0, threads: 1)
    #expect(equal(flow["bits"], expected.bits.mean, expected.bits.standardError))
    #expect(flow["images"] == 3)
  }

  @Test func editsAreTheLibrarysOfTestImages() throws {
    let report = try bench.report("--count 7 --metrics edits")
    let rows = report["edits"].elements
    #expect(rows.map { $0["edit"] } == ["interpolation", "inpainting", "noising"])
    let images = Images(bench.test.drawn(8).images)
    let noised = try bench.model.edit(
      images, strength: 0.5, steps: 20, SamplingOptions(threads: 1))
    // The report's images are bytes.
    let distance = SampleMean(images.squaredErrors(Images(ByteImages(noised))))
    #expect(equal(rows[2]["squared_distance"], distance.mean, distance.standardError))
    for name in ["interpolation", "inpainting", "noising"] {
      #expect(bench.workspace.exists("model/evaluation/edit-\(name).png"))
    }
    let again = try bench.report("--count 7 --metrics edits")
    #expect(again["edits"] == report["edits"])
  }

  @Test func consistencyComparesDDIMsImages() throws {
    let report = try bench.report("--count 6 --steps 8,2 --metrics consistency,loss")
    #expect(report["cells"] == .null)
    let comparison = try Comparison(
      of: bench.model, samplers: [DDIMSampler()], steps: [8, 2], spacings: [.trailing], count: 6)
    let images = try comparison.cells.map { cell in
      try Images(ByteImages(comparison.fill(cell, SamplingOptions(threads: 1)).samples.images))
    }
    let expected = Consistency(
      [(8, images[0]), (2, images[1])], network: nil, threads: 1)
    let found = report["consistency"].elements[0]
    #expect(found["rows"].elements.map { $0["steps"] } == [2, 8])
    let distance = expected.rows[0].distance
    #expect(
      equal(found["rows"].elements[0]["squared_error"], distance.mean, distance.standardError))
    #expect(found["unrelated"]["mean"].double == expected.unrelated?.mean)
    #expect(found["rows"].elements[0]["same_class"] == .null)
    let picture = try PNGChunks(
      bench.workspace.bytes("model/evaluation/consistency-trailing.png"))
    // Two rows of six images, ten times enlarged.
    #expect(picture.width == 10 * (6 * 9 - 1) && picture.height == 10 * (2 * 9 - 1))
  }

  @Test func samplersAreComparedEachNameOnce() throws {
    let words = "--count 3 --steps 2,4 --metrics time --sampler dpm++2m,ddim,ddpm --eta 0,1"
    let cells = try bench.report(words, data: "")["cells"].elements
    // The model's own variance is the small one, which eta 1 is too.
    #expect(
      cells.map { $0["sampler"] }
        == ["DPM-Solver++(2M)", "DDIM", "DDPM, small variance"].flatMap { [$0, $0] })
    let drawn = try bench.model.sample(
      3, SamplingPlan(DPMSolverMultistep(), steps: 4, spacing: .trailing),
      SamplingOptions(threads: 1))
    let kept = try IDX.images(
      at: bench.workspace.path("model/evaluation/kept/dpm-solver++-2m-trailing-steps4.idx.gz"))
    #expect(kept == ByteImages(drawn.images))
    let alone = try bench.report("--count 3 --steps 2 --metrics time --sampler ddpm", data: "")
    #expect(alone["cells"].elements.map { $0["sampler"] } == ["DDPM, small variance"])
  }

  @Test func spacingsAreCompared() throws {
    let report = try bench.report(
      "--count 2 --steps 2,4 --eta 0 --spacing leading,linspace --metrics time", data: "")
    let cells = report["cells"].elements
    #expect(cells.map { $0["spacing"] } == ["leading", "leading", "linspace", "linspace"])
    #expect(cells.map { $0["steps"] } == [2, 4, 2, 4])
    let grids = try ["leading", "linspace"].map {
      try bench.workspace.bytes("model/evaluation/ddim-\($0)-steps4.png")
    }
    #expect(grids[0] != grids[1])
    try bench.run("--count 1 --steps 30 --spacing uniform --metrics recon --quiet")
      .expectRefusal(64, "a number of steps that divides 1000")
    try bench.run("--count 1 --steps 1 --spacing leading --metrics recon --quiet")
      .expectRefusal(64, "visits timestep 1 only")
  }

  @Test func theDecodersFloorIsWhatPerfectEstimatesCost() throws {
    let report = try bench.report("--count 5 --metrics bpd")
    let images = Images(bench.test.drawn(5).images)
    let bound = VariationalBound(schedule: bench.model.schedule, variance: .small)
    #expect(report["decoder_floor"].double == bound.decoder(images, estimates: images))
    let decoder = report["bits_per_dimension"].elements[0]["decoder"]["mean"].double ?? 0
    #expect(decoder > report["decoder_floor"].double ?? .infinity)
  }
}
