// The classes' shifts in h-space, learned from labelled images with the network's weights as they are.

internal import Autograd
internal import Kernels

extension ClassShifts {
  /// How shifts are learned.
  struct Recipe: Sendable {
    var steps = 300
    /// Images per step.
    var batch = 64
    /// Adam's, at first.
    var learningRate = 2e-2
    /// The share of the steps in which it rises.
    var warmup = 0.05
    var seed: UInt64 = 0
  }
}

extension DiffusionModel {
  /// Learns the shift of each class: that with which the network, as it is, has the least L_simple on noisy
  /// images of the class.
  ///
  /// The means of the activations over each class lead elsewhere: they differ by what the network has found
  /// out about an image, not by what it does with it. A conditional network is conditioned on any of the
  /// classes, so that its shifts do the work of its class embedding.
  ///
  /// - Parameters:
  ///   - data: labelled images of the model's size, some of each class.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called after every step with the share of the work that is done.
  /// - Returns: the shifts; that of a class without images is none.
  /// - Throws: `FileError` for data without labels.
  package func classShifts(
    of data: Dataset, threads: Int, progress: ((Double) -> Void)? = nil
  ) throws(FileError) -> ClassShifts {
    try classShifts(of: data, ClassShifts.Recipe(), threads: threads, progress: progress)
  }

  func classShifts(
    of data: Dataset, _ recipe: ClassShifts.Recipe, threads: Int,
    progress: ((Double) -> Void)? = nil
  ) throws(FileError) -> ClassShifts {
    precondition(
      data.images.size == imageSize, "images of \(data.images.size) for a model of \(imageSize)")
    let classes = try data.classCount()
    let labels = (data.labels ?? []).map(Int.init)
    let learning = ShiftLearning(
      self, data.images, labels, classes: classes, recipe, threads: threads)
    return learning.run(progress)
  }
}

/// Adam on the shifts of all classes at all knots, by the gradient that reaches the bottleneck.
private struct ShiftLearning: Sendable {
  private let recipe: ClassShifts.Recipe
  private let labels: [Int]
  private let classes: Int
  private let isConditional: Bool
  private let schedule: NoiseSchedule
  private let knots: [Timestep]
  private let random: Philox
  private let lanes: [TrainingLane]
  /// The network's own gradients, one memory per lane, which nobody reads.
  private let unread: [FloatMemory]
  private let table: Parameter
  private let layout: ParameterLayout
  private let threads: Int
  private let length: Int

  init(
    _ model: DiffusionModel, _ images: ByteImages, _ labels: [Int], classes: Int,
    _ recipe: ClassShifts.Recipe, threads: Int
  ) {
    (self.recipe, self.labels, self.classes) = (recipe, labels, classes)
    (schedule, isConditional) = (model.schedule, model.classCount != nil)
    knots = ClassShifts.knots(of: model.schedule)
    random = Philox(seed: recipe.seed, stream: RandomStream.bottleneck.rawValue)
    let unet = model.unet.withoutDropout
    let parameters = model.trainableCopy(threads: threads)
    lanes = makeLanes(for: recipe.batch, of: ShardSize.usual, threads: threads) {
      TrainingLane(
        unet, parameters, for: .training, SimpleLoss(), schedule: model.schedule,
        prediction: model.prediction, data: images, seed: recipe.seed, stream: .bottleneck,
        opensBottleneck: true)
    }
    unread = lanes.map { _ in FloatMemory(count: unet.layout.count) }
    length = model.configuration.bottleneckValues(images.size)
    var layout = ParameterLayout()
    table = layout.add(
      "shifts", .table(rows: classes * knots.count, columns: length), .constant(0))
    (self.layout, self.threads) = (layout, threads)
  }

  func run(_ progress: ((Double) -> Void)?) -> ClassShifts {
    let rate = LearningRate(
      peak: recipe.learningRate, warmup: Int(recipe.warmup * Double(recipe.steps)),
      total: recipe.steps)
    let optimization = Optimization(
      layout, AdamW(), seed: recipe.seed, lanes: lanes.count, threads: threads)
    let parameters = optimization.parameters
    var order = BatchOrder(images: labels.count, seed: recipe.seed)
    for step in 0..<recipe.steps {
      let draws = draws(step, order.indices(step: step, batch: recipe.batch))
      let (_, norm) = optimization.accumulate(recipe.batch) { part, lane, gradients in
        train(draws[part], parameters, lane, step: step, addedTo: gradients)
      }
      optimization.step(step + 1, norm: norm, learningRate: rate(step), emaDecay: 0)
      progress?(Double(step + 1) / Double(recipe.steps))
    }
    return ClassShifts(
      knots: knots, classCount: classes, values: parameters[table].array)
  }

  private func draws(_ step: Int, _ images: [Int]) -> [Draw] {
    images.enumerated().map { item, image in
      let word = random.block(item: UInt32(item), time: UInt32(step), index: 0)[0]
      // The class of another image of the batch.
      let other = labels[images[(item + 1) % images.count]]
      return Draw(
        image: image, classRow: isConditional ? other : nil,
        timestep: SimpleLoss().timestep(
          item, of: images.count, chance: Double(word) / 0x1p32, in: schedule),
        noise: (UInt32(item), UInt32(step)))
    }
  }

  /// The sum of the losses of some examples; the gradients of the knots around them are added.
  private func train(
    _ draws: ArraySlice<Draw>, _ parameters: Parameters, _ number: Int, step: Int,
    addedTo gradients: FloatMemory
  ) -> Double {
    let lane = lanes[number]
    let values = parameters.values
    let (shifts, slopes) = lane.bottleneck
    for (place, draw) in draws.enumerated() {
      let shift = shifts.slice(place * length, length)
      shift.fill(0)
      for (row, weight) in rows(draw) { add(weight, values.slice(row, length), to: shift) }
    }
    let loss = lane.train(
      draws, step: step, scale: 1 / Float(recipe.batch * length), addedTo: unread[number])
    for (place, draw) in draws.enumerated() {
      let slope = slopes.slice(place * length, length)
      for (row, weight) in rows(draw) { add(weight, slope, to: gradients.all.slice(row, length)) }
    }
    return loss
  }

  /// Where the rows of the table begin that a draw's shift is made of, and their weights.
  private func rows(_ draw: Draw) -> [(start: Int, weight: Float)] {
    let first = labels[draw.image] * knots.count
    return ClassShifts.parts(at: draw.timestep, of: knots).map { knot, weight in
      ((first + knot) * length, weight)
    }
  }

  private func add(_ weight: Float, _ floats: Floats, to sum: Floats) {
    combine(1, sum, Double(weight), floats, into: sum)
  }
}
