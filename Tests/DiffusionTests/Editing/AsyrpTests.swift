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

  private func model(classes: Int? = nil, steps: Int = 5) throws -> DiffusionModel {
    // Some steps, as an untrained network's last layer is nearly 0 and shows no shift.
    let options = SmallTraining.options { $0.learningRate = 1e-2 }
    let trainer =
      try classes == nil
      ? SmallTraining.trainer(options, prediction: .velocity)
      : SmallTraining.conditionalTrainer(options, prediction: .velocity)
    for _ in 0..<steps { _ = try trainer.step(of: steps) }
    return trainer.snapshot()
  }

  private static let short = ClassShifts.Recipe(steps: 30, batch: 16)

  private func latents(_ model: DiffusionModel) -> Images { model.noise(6, seed: 3) }

  @Test(arguments: [nil, 3]) func noShiftIsDDIMToTheBit(classes: Int?) throws {
    let model = try model(classes: classes)
    let shifts = try model.classShifts(of: data, Self.short, threads: 2)
    var options = SamplingOptions(threads: 2)
    if classes != nil { options.classes = .each([0, 1, 2, 0, 1, 2]) }
    let plain = try model.decode(latents(model), steps: 5, by: .ddim, options)
    let sources = [0, 1, 2, 0, 1, 2]
    func moved(_ amount: Double, to target: Int, guidance: Double = 0) throws -> Images {
      var options = options
      if guidance > 0 { options.guidance = Guidance(guidance) }
      return try model.decode(
        latents(model), shifts, from: sources, to: target, amount: amount, steps: 5, options)
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
    let shifts = ClassShifts(
      knots: [Timestep(50), Timestep(60)], classCount: 2, values: [0, 0, 0, 1])
    let sampler = AsyrpSampler(shifts, from: [0], to: 1, amount: 2)
    let walked = sampler.trajectory(
      from: [0.8], along: [(Timestep(60), Timestep(40))], StoredOutputs([[0.25], [0.75]]),
      schedule, .sample)
    let (now, goal) = (schedule.noised(at: Timestep(60)), schedule.noised(at: Timestep(40)))
    let noise = (0.8 - now.x0Weight * 0.25) / now.noiseWeight
    let expected = goal.x0Weight * 0.75 + goal.noiseWeight * noise
    #expect(abs(Double(walked.x[0][0]) - expected) < 1e-6)
  }

  @Test func theWayLeadsFromShiftToShiftAndIsLinearBetweenKnots() throws {
    let shifts = ClassShifts(
      knots: [Timestep(2), Timestep(6)], classCount: 2, values: [0, 0, 1, 2, 3, -5, 4, 8])
    let memory = FloatMemory([9, 9])
    let shift = Block(memory.all)
    withExtendedLifetime(memory) {
      func way(_ a: Int, _ b: Int, _ amount: Double, at t: Int) -> [Float] {
        shifts.setDirection(from: a, to: b, amount: amount, at: Timestep(t), into: shift)
        return shift.values
      }
      #expect(way(0, 1, 0.5, at: 6) == [1.5, 3])
      #expect(way(1, 0, 2, at: 2) == [-6, 10])
      // A quarter of the way from knot to knot.
      #expect(way(0, 1, 1, at: 3) == [3, -2.25])
      // Beyond the knots they go on as they are there.
      #expect(way(0, 1, 1, at: 1) == way(0, 1, 1, at: 2))
      #expect(way(0, 1, 1, at: 9) == way(0, 1, 1, at: 6))
    }
  }

  @Test func knotsReachFromOneEndOfTheProcessToTheOther() throws {
    for (count, wanted) in [(1000, 11), (7, 7), (2, 2)] {
      let knots = ClassShifts.knots(of: try NoiseSchedule(.cosine, timesteps: count))
      #expect(knots.count == wanted && knots.first == Timestep(1))
      #expect(knots.last == Timestep(count) && Set(knots).count == wanted)
    }
  }

  /// The first step of Adam goes against the gradient of every number that has one by the learning rate, so
  /// the first shifts have the signs of central differences of the loss.
  @Test func shiftsFollowTheGradientOfTheLoss() throws {
    let model = try model()
    var recipe = ClassShifts.Recipe(steps: 1, batch: 1, learningRate: 1e-3)
    recipe.warmup = 0
    let one = Dataset(images: data.images[1..<2], labels: [0], name: "one")
    let shifts = try model.classShifts(of: one, recipe, threads: 1)
    let length = shifts.length
    #expect(length == 4 * 4 * 16 && shifts.shape == [1, 11, length])
    let lane = ExampleLane(
      model.unet, model.parameters, for: .inference, schedule: model.schedule, data: one.images,
      seed: 0, stream: .bottleneck, opensBottleneck: true)
    let word = Philox(seed: 0, stream: RandomStream.bottleneck.rawValue)
      .block(item: 0, time: 0, index: 0)[0]
    let t = Timestep(index: Int(Double(word) / 0x1p32 * Double(model.schedule.last.value)))
    let draw = Draw(image: 0, classRow: nil, timestep: t, noise: (0, 0))
    let shift = try #require(lane.lane.bottleneckShift)
    model.parameters.derive(Workers(count: 1))
    func loss(_ place: Int, _ change: Float) -> Double {
      lane.prepare([draw])
      shift.fill(0)
      shift[place] = change
      lane.lane.forward()
      let target = Prediction.velocity.target(at: t, in: model.schedule)
      return (0..<64).reduce(0) { sum, i in
        let wanted =
          target.x0Weight * Double(lane.x0(0)[i]) + target.noiseWeight * Double(lane.noise(0)[i])
        return sum + pow(Double(lane.output(0)[i]) - wanted, 2)
      }
    }
    let touched = ClassShifts.parts(at: t, of: shifts.knots)
    for knot in 0..<11 where !touched.contains(where: { $0.knot == knot }) {
      #expect(shifts.values[knot * length..<(knot + 1) * length].allSatisfy { $0 == 0 })
    }
    var checked = 0
    for place in stride(from: 0, to: length, by: 17) {
      let slope = loss(place, 0.05) - loss(place, -0.05)
      guard abs(slope) > 1e-3 else { continue }
      checked += 1
      for part in touched {
        let moved = Double(shifts.values[part.knot * length + place])
        #expect(abs(moved + (slope > 0 ? 1e-3 : -1e-3)) < 1e-5, "\(place), slope \(slope)")
      }
    }
    #expect(checked > 8, "\(checked) of 16")
  }

  @Test func shiftsLowerTheLossForAnyThreads() throws {
    let model = try model(steps: 100)
    let recipe = ClassShifts.Recipe(steps: 60, batch: 16, learningRate: 0.2)
    let shifts = try model.classShifts(of: data, recipe, threads: 1)
    #expect(try model.classShifts(of: data, recipe, threads: 3) == shifts)
    model.parameters.derive(Workers(count: 1))
    func loss(_ amount: Double) -> Double {
      let lane = TrainingLane(
        model.unet, model.parameters, for: .inference, SimpleLoss(), schedule: model.schedule,
        prediction: model.prediction, data: data.images, seed: 1, stream: .evaluation,
        opensBottleneck: true)
      let from = ClassShifts(
        knots: shifts.knots, classCount: 4,
        values: shifts.values + [Float](repeating: 0, count: 11 * shifts.length))
      let draws = (0..<6).map {
        Draw(image: $0, classRow: nil, timestep: Timestep(1 + 199 * $0), noise: (UInt32($0), 0))
      }
      for (place, draw) in draws.enumerated() {
        from.setDirection(
          from: 3, to: place % 3, amount: amount, at: draw.timestep,
          into: Block(lane.bottleneck.shift.slice(place * from.length, from.length)))
      }
      return lane.loss(draws[...])
    }
    let (shifted, plain) = (loss(1), loss(0))
    #expect(shifted < 0.95 * plain)
    let gap = Dataset(images: data.images, labels: [0, 2, 2, 0, 2, 2], name: "gap")
    let some = try model.classShifts(of: gap, Self.short, threads: 1).values
    let third = some.count / 3
    #expect(some[third..<2 * third].allSatisfy { $0 == 0 } && some[0] != 0)
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
    // What the bottleneck holds can be read: before anything is added, so no shift changes it.
    let held = try #require(open.bottleneck).array
    #expect(held.contains { $0 != 0 })
    shift.fill(0.5)
    open.forward()
    #expect(open.output.array != closed.output.array)
    #expect(open.bottleneck?.array == held)
  }
}
