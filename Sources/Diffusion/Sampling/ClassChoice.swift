// Which class each image drawn is of, and how strongly guidance draws it there.

/// The classes of the images drawn from a conditional model of K classes.
public enum ClassChoice: Hashable, Sendable {
  /// Image i is of class i mod K.
  case all
  /// All are of one class, counted from 0.
  case one(Int)
  /// Image i is of the class at place i; as many as images or more.
  case each([Int])
}

/// Classifier-free guidance (Ho and Salimans 2022, Eq. 6): away from what the network draws when it
/// is told no class.
struct Guidance {
  /// w.
  let weight: Double
  /// The row of the class embedding that stands for none.
  let nullClass: Int
}

extension DiffusionModel {
  /// Makes sure that the model can draw what the options ask of classes and guidance.
  ///
  /// - Parameter options: what `sample` is to be given.
  /// - Throws: `SamplingError` that says what it cannot.
  public func check(_ options: SamplingOptions) throws(SamplingError) {
    guard let count = classCount else {
      guard options.classes == nil, options.guidance == nil else { throw .unconditional }
      return
    }
    let asked: [Int] =
      switch options.classes {
      case .one(let number): [number]
      case .each(let numbers): numbers
      case .all, nil: []
      }
    if let number = asked.first(where: { !(0..<count).contains($0) }) {
      throw .noSuchClass(number, of: count)
    }
    guard let weight = options.guidance else { return }
    guard weight >= 0, weight.isFinite else { throw .guidance(weight) }
    guard configuration.nullClass != nil else { throw .noNullClass }
  }

  /// The guidance that options ask for; nil where the network's answer for the class is all that is
  /// needed.
  func guidance(_ options: SamplingOptions) -> Guidance? {
    guard let weight = options.guidance, weight != 0 else { return nil }
    return configuration.nullClass.map { Guidance(weight: weight, nullClass: $0) }
  }

  /// How often the network runs on an image in a step: once, with guidance also for no class.
  package func evaluationsPerStep(_ options: SamplingOptions) -> Int {
    guidance(options) == nil ? 1 : 2
  }

  /// The class of each of some images; none for an unconditional model.
  func classes(_ images: Range<Int>, _ choice: ClassChoice?) -> [Int] {
    guard let count = classCount else { return [] }
    switch choice ?? .all {
    case .all: return images.map { $0 % count }
    case .one(let number): return images.map { _ in number }
    case .each(let numbers): return images.map { numbers[$0] }
    }
  }
}
