// Guidance: the prediction moved away from a worse one, of no class or of another model.

/// Guidance of the network's prediction, by what it is moved away from:
///
/// ```
/// D = D_model + w (D_model - D_reference)
/// ```
/// With no class as the reference it is classifier-free guidance (Ho and Salimans 2022, Eq. 6), with a
/// worse model autoguidance (Karras et al. 2024). The guidance scale of Stable Diffusion is 1 + w.
public struct Guidance: Sendable {
  /// What the prediction is moved away from.
  public enum Reference: Sendable {
    /// The same network's prediction without the class.
    case noClass
    /// The prediction of another model for the same images: trained on the same data, but smaller or
    /// for a shorter time.
    case model(DiffusionModel)
  }

  /// w, which is 0, for none, or more.
  public var weight: Double
  /// What the prediction is moved away from.
  public var reference: Reference
  /// The timesteps at which the prediction is guided (Kynkäänniemi et al. 2024); nil is all. Elsewhere the
  /// reference is not evaluated.
  public var interval: ClosedRange<Timestep>?
  /// φ in 0...1: how much of the guided prediction's standard deviation, of each image, is made that of
  /// the prediction for the class (Lin et al. 2024, Eq. 15 and 16).
  public var rescale: Double

  /// Guidance.
  ///
  /// - Parameters:
  ///   - weight: w.
  ///   - reference: what the prediction is moved away from.
  ///   - interval: the timesteps at which it is guided; nil is all.
  ///   - rescale: φ.
  public init(
    _ weight: Double, from reference: Reference = .noClass,
    interval: ClosedRange<Timestep>? = nil, rescale: Double = 0
  ) {
    (self.weight, self.reference) = (weight, reference)
    (self.interval, self.rescale) = (interval, rescale)
  }

  /// Whether the prediction is moved at a timestep.
  package func acts(at t: Timestep) -> Bool { weight != 0 && interval?.contains(t) ?? true }
}

extension DiffusionModel {
  /// Makes sure that the model's prediction can be guided.
  ///
  /// - Throws: `SamplingError` that says why it cannot.
  func check(_ guidance: Guidance) throws(SamplingError) {
    guard guidance.weight >= 0, guidance.weight.isFinite else { throw .guidance(guidance.weight) }
    guard (0...1).contains(guidance.rescale) else { throw .guidanceRescale(guidance.rescale) }
    if let interval = guidance.interval, interval.upperBound > schedule.last {
      throw .timestep(interval.upperBound, of: schedule.last)
    }
    switch guidance.reference {
    case .noClass:
      guard classCount != nil else { throw .unconditional }
      guard configuration.nullClass != nil else { throw .noNullClass }
    case .model(let guide):
      guard guide.imageSize == imageSize else { throw .guideSize(guide.imageSize, imageSize) }
      guard guide.classCount == classCount else {
        throw .guideClasses(guide.classCount, classCount)
      }
      guard guide.schedule.isSame(as: schedule) else { throw .guideSchedule }
    }
  }
}

extension NoiseSchedule {
  /// Where two tables differ by rounding only.
  private static let rounding = 1e-5

  /// Whether two schedules have the same noise at every timestep, but for rounding.
  fileprivate func isSame(as other: NoiseSchedule) -> Bool {
    last == other.last
      && timesteps.allSatisfy { abs(alphaBar($0) - other.alphaBar($0)) <= Self.rounding }
  }
}
