// The comparison of samplers: each with every number of steps, as the DDIM paper's Table 1 has it, for
// each way to spread the steps.

/// Cells to fill with images: one per sampler, number of steps and spacing.
///
/// x_T of image i only depends on the seed, so all cells start from the same noise, and differences
/// between their images are due to the sampler. A conditional model's image i is of class i mod K,
/// unless the options to fill a cell say otherwise.
public struct Comparison: Sendable {
  /// One way of sampling.
  public struct Cell: Sendable {
    /// How each step is taken.
    public let sampler: any Sampler
    /// Which timesteps are visited.
    public let spacing: StepSpacing
    /// How many steps are taken.
    public let steps: Int

    /// The sampler's name in tables and files.
    public var label: String { sampler.name }
    /// How many evaluations of the network an image takes, those of guidance counted.
    public let evaluations: Int
    /// The sampler and its timesteps.
    public var plan: SamplingPlan { SamplingPlan(sampler, steps: steps, spacing: spacing) }
  }

  /// The result of a cell.
  public struct Result: Sendable {
    /// The cell.
    public let cell: Cell
    /// The images.
    public let samples: Samples
    /// How long they took.
    public let duration: Duration

    /// Images per second.
    public var imagesPerSecond: Double {
      Double(samples.images.count) / max(duration / .seconds(1), .leastNormalMagnitude)
    }
  }

  /// The model compared on.
  public let model: DiffusionModel
  /// The cells: all of the first spacing first, of these all steps of the first sampler.
  public let cells: [Cell]
  /// How many images a cell gets.
  public let count: Int

  /// Plans every cell before the first is filled.
  ///
  /// - Parameters:
  ///   - model: the model to sample from.
  ///   - samplers: the rows, each of another name.
  ///   - steps: the columns: numbers of steps.
  ///   - spacings: which timesteps are visited; one table per spacing.
  ///   - count: images per cell.
  ///   - options: how they are drawn, which decides how many evaluations guidance takes.
  /// - Throws: `SamplingError` for an impossible cell.
  public init(
    of model: DiffusionModel, samplers: [any Sampler], steps: [Int], spacings: [StepSpacing],
    count: Int, _ options: SamplingOptions = SamplingOptions()
  ) throws(SamplingError) {
    let names = samplers.map(\.name)
    precondition(Set(names).count == names.count, "samplers of one name among \(names)")
    var cells: [Cell] = []
    for spacing in spacings {
      for sampler in samplers {
        for steps in steps {
          let plan = SamplingPlan(sampler, steps: steps, spacing: spacing)
          let evaluations = try model.evaluations(of: plan, options)
          cells.append(
            Cell(
              sampler: sampler, spacing: spacing, steps: steps,
              evaluations: evaluations))
        }
      }
    }
    (self.model, self.cells, self.count) = (model, cells, count)
  }

  /// Draws a cell's images and takes the time.
  ///
  /// - Parameters:
  ///   - cell: one of `cells`.
  ///   - options: the seed, by which image i starts from the same x_T in every cell; threads, progress.
  /// - Returns: `count` images of values in [-1, 1].
  /// - Throws: `SamplingError` for options that the model cannot draw.
  public func fill(_ cell: Cell, _ options: SamplingOptions) throws(SamplingError) -> Result {
    let start = ContinuousClock.now
    let samples = try model.sample(count, cell.plan, options)
    return Result(cell: cell, samples: samples, duration: ContinuousClock.now - start)
  }
}
