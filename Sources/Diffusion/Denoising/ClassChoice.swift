// The class of each image.

/// The classes of the images drawn from a conditional model of K classes.
public enum ClassChoice: Hashable, Sendable {
  /// Image i is of class i mod K, of the K classes that were learned.
  case all
  /// All are of one class, counted from 0.
  case one(Int)
  /// Image i is of the class at place i: one for each image up to the last, also for those before
  /// `SamplingOptions.first`.
  case each([Int])
}

extension DiffusionModel {
  /// Makes sure that the model has classes asked for.
  ///
  /// - Throws: `SamplingError` that names the one that it does not have.
  func check(_ choice: ClassChoice?) throws(SamplingError) {
    guard let choice else { return }
    guard let count = classCount else { throw .unconditional }
    let asked: [Int] =
      switch choice {
      case .one(let number): [number]
      case .each(let numbers): numbers
      case .all: []
      }
    if let number = asked.first(where: { !(0..<count).contains($0) }) {
      throw .noSuchClass(number, of: count)
    }
  }

  /// The class of each of some images, by their numbers; none for an unconditional model.
  package func classes(_ images: Range<Int>, _ choice: ClassChoice?) -> [Int] {
    let seen = configuration.seenClasses
    guard !seen.isEmpty else { return [] }
    switch choice ?? .all {
    case .all: return images.map { seen[$0 % seen.count] }
    case .one(let number): return images.map { _ in number }
    case .each(let numbers):
      precondition(
        images.upperBound <= numbers.count, "\(numbers.count) classes for images \(images)")
      return images.map { numbers[$0] }
    }
  }
}
