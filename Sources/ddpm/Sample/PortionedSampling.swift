// Many images in one file, written while they are drawn: memory for a portion of them is enough.

import Diffusion

/// Images that are drawn a portion at a time; the same images as all at once.
struct PortionedSampling {
  private let model: DiffusionModel
  private let plan: SamplingPlan
  private let options: SamplingOptions
  private let count: Int
  private let progress: SharedProgress
  private let start = ContinuousClock.now
  /// How many are drawn.
  private var drawn = 0
  /// How many are drawn next.
  private var portion: Int
  private var clipped = 0.0

  /// Images per core of the first portion.
  private static let first = 64
  /// Portions grow until they take so long, where starting them costs nothing that counts. A signal ends the
  /// drawing between two of them.
  private static let leastTime: Duration = .seconds(1)

  /// The part of the memory that a portion may take.
  private static let memoryShare = 16

  /// The most images of a portion.
  private var most: Int {
    let image = MemoryLayout<Float>.size * model.imageSize.values
    return max(Self.first, AvailableMemory.bytes / (Self.memoryShare * image))
  }

  init(
    _ count: Int, of model: DiffusionModel, _ plan: SamplingPlan, _ options: SamplingOptions,
    _ progress: SharedProgress
  ) {
    (self.count, self.model, self.plan, self.options) = (count, model, plan, options)
    self.progress = progress
    portion = Self.first * options.threads
  }

  /// The share of estimated values that clipping cut off.
  var clippedShare: Double { clipped / Double(max(1, drawn)) }

  /// The next images, nil after the last ones.
  ///
  /// - Throws: `SamplingError`, and `ExitCode` after a signal.
  mutating func next() throws -> Images? {
    if let code = Interruption.exitCode {
      progress.finish("stopped: what was drawn is not kept")
      throw code
    }
    guard drawn < count else { return nil }
    let (before, now) = (drawn, min(portion, count - drawn))
    let (all, start, progress) = (count, start, progress)
    var options = options
    options.first += before
    options.progress = { part in
      progress.update(
        drawn: (Double(before) + part * Double(now)) / Double(all), of: all, since: start)
    }
    let begun = ContinuousClock.now
    let samples = try model.sample(now, plan, options)
    if ContinuousClock.now - begun < Self.leastTime { portion = min(2 * portion, most) }
    drawn += now
    clipped += samples.clippedShare * Double(now)
    return samples.images
  }
}

extension SharedProgress {
  /// Reports which share of some images is drawn.
  func update(drawn share: Double, of count: Int, since start: ContinuousClock.Instant) {
    update(
      "\(percent(share)) of \(counted(count, "image"))  left \(left(share, since: start).brief)")
  }
}
