// h-space: what the bottleneck holds, what a shift changes, and what nothing changes.

import Foundation
import Kernels
import TestSupport
import Testing

@testable import Autograd
@testable import Diffusion

@Suite struct AsyrpTests {
  private let images = Images(SmallTraining.images(6))
  private let data = Dataset(
    images: SmallTraining.images(6), labels: [0, 1, 2, 0, 1, 2], name: "bars")

  private func model(classes: Int? = nil) throws -> DiffusionModel {
    // Some steps, as an untrained network's last layer is nearly 0 and shows no shift.
    let options = SmallTraining.options { $0.learningRate = 1e-2 }
    let trainer =
      try classes == nil
      ? SmallTraining.trainer(options, prediction: .velocity)
      : SmallTraining.conditionalTrainer(options, prediction: .velocity)
    for _ in 0..<5 { _ = try trainer.step(of: 5) }
    return trainer.snapshot()
  }

  private func latents(_ model: DiffusionModel) -> Images { model.noise(6, seed: 3) }

  @Test(arguments: [nil, 3]) func noShiftIsDDIMToTheBit(classes: Int?) throws {
    let model = try model(classes: classes)
    let grid = try StepSpacing.trailing.timesteps(5, of: model.schedule)
    let means = try model.bottleneckMeans(of: data, at: grid, threads: 2)
    var options = SamplingOptions(threads: 2)
    if classes != nil { options.classes = .each([0, 1, 2, 0, 1, 2]) }
    let plain = try model.decode(latents(model), steps: 5, by: .ddim, options)
    let sources = [0, 1, 2, 0, 1, 2]
    func moved(_ amount: Double, to target: Int, guidance: Double = 0) throws -> Images {
      var options = options
      if guidance > 0 { options.guidance = Guidance(guidance) }
      return try model.decode(
        latents(model), means, from: sources, to: target, amount: amount, steps: 5, options)
    }
    #expect(try moved(0, to: 1) == plain)
    // The way from a class to itself is none.
    let towards = try moved(1, to: 1)
    for image in 0..<6 {
      let values = image * 64..<(image + 1) * 64
      let isSame = towards.values[values] == plain.values[values]
      #expect(isSame == (sources[image] == 1), "image \(image)")
    }
    if classes != nil {
      options.guidance = Guidance(0.5)
      #expect(
        try moved(0, to: 1, guidance: 0.5)
          == model.decode(latents(model), steps: 5, by: .ddim, options))
    }
  }

  /// x_s = √ᾱ_s x̂0(shifted) + √(1 - ᾱ_s) ε̂(not shifted).
  @Test func onlyTheEstimateOfTheImageSeesTheShift() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 100)
    let means = BottleneckMeans(timesteps: [Timestep(60)], classCount: 2, values: [0, 1])
    let sampler = AsyrpSampler(means, from: [0], to: 1, amount: 2)
    let walked = sampler.trajectory(
      from: [0.8], along: [(Timestep(60), Timestep(40))], StoredOutputs([[0.25], [0.75]]),
      schedule, .sample)
    let (now, goal) = (schedule.noised(at: Timestep(60)), schedule.noised(at: Timestep(40)))
    let noise = (0.8 - now.x0Weight * 0.25) / now.noiseWeight
    let expected = goal.x0Weight * 0.75 + goal.noiseWeight * noise
    #expect(abs(Double(walked.x[0][0]) - expected) < 1e-6)
  }

  @Test func theWayLeadsFromMeanToMean() throws {
    let means = BottleneckMeans(
      timesteps: [Timestep(5), Timestep(2)], classCount: 2, values: [1, 2, 4, 8, 0, 0, 3, -5])
    let memory = FloatMemory([9, 9])
    let shift = Block(memory.all)
    withExtendedLifetime(memory) {
      means.setDirection(from: 0, to: 1, amount: 0.5, at: Timestep(5), into: shift)
      #expect(shift.values == [1.5, 3])
      means.setDirection(from: 1, to: 0, amount: 2, at: Timestep(2), into: shift)
      #expect(shift.values == [-6, 10])
      means.setDirection(from: 1, to: 0, amount: 2, at: Timestep(3), into: shift)
      #expect(shift.values == [0, 0])
    }
  }

  /// The means are those of the network's activations, for any number of threads; a class without an image
  /// has none.
  @Test func theMeansAreThoseOfTheActivations() throws {
    let model = try model()
    let times = [Timestep(900), Timestep(20)]
    let means = try model.bottleneckMeans(of: data, at: times, threads: 1)
    #expect(try model.bottleneckMeans(of: data, at: times, threads: 3) == means)
    let lane = ExampleLane(
      model.unet, model.parameters, for: .inference, schedule: model.schedule, data: images,
      seed: 0, stream: .bottleneck, opensBottleneck: true)
    // Images 1 and 4 are of class 1.
    let draws = [1, 4].map {
      Draw(image: $0, classRow: nil, timestep: times[1], noise: (UInt32($0), 20))
    }
    lane.lane.bottleneckShift?.fill(0)
    lane.prepare(draws[...])
    lane.lane.forward()
    let activations = try #require(lane.lane.bottleneck)
    let length = means.length
    #expect(length == 4 * 4 * 16)
    for i in 0..<length {
      let mean = (activations[i] + activations[length + i]) / 2
      #expect(abs(means.values[(3 + 1) * length + i] - mean) < 1e-6)
    }
    let gap = Dataset(images: data.images, labels: [0, 2, 2, 0, 2, 2], name: "gap")
    let error = #expect(throws: FileError.self) {
      try model.bottleneckMeans(of: gap, at: times, threads: 1)
    }
    #expect(error?.description.contains("no image of class 1") == true)
  }

  /// What is added to the bottleneck is in the output, and nothing is there where it was not opened.
  @Test func anOpenBottleneckWithoutAShiftIsAClosedOne() throws {
    let model = try model()
    func lane(_ opens: Bool) -> NetworkLane<UNet.Graph> {
      let lane = NetworkLane(
        model.unet, model.parameters, for: .inference, size: model.imageSize, capacity: 2,
        opensBottleneck: opens)
      lane.xt.copy(from: Array(images.values.prefix(128)))
      lane.condition(on: [Timestep(7), Timestep(700)], classes: [])
      return lane
    }
    model.parameters.derive(Workers(count: 1))
    let (closed, open) = (lane(false), lane(true))
    closed.forward()
    let shift = try #require(open.bottleneckShift)
    shift.fill(0)
    open.forward()
    #expect(open.output.array == closed.output.array && closed.bottleneck == nil)
    shift.fill(0.5)
    open.forward()
    #expect(open.output.array != closed.output.array)
  }
}
