// The features of a set of images, and the classes that the network predicts for them.

internal import Numerics

/// A vector, a class and a confidence for each of some images.
package struct Features: Equatable, Sendable {
  /// The last hidden layer's values, [N, dimension].
  package private(set) var values: [Float] = []
  /// The most probable class of each image.
  package private(set) var classes: [Int] = []
  /// The probability the network gives that class.
  package private(set) var confidences: [Double] = []
  /// How many classes there are.
  package let classCount: Int

  /// How many images there are.
  package var count: Int { classes.count }
  /// How many numbers a vector has.
  var dimension: Int { count == 0 ? 0 : values.count / count }
  /// The vectors to be compared with others.
  var vectors: PointSet { PointSet(.floats(values), dimension: max(1, dimension)) }

  /// The features of no image.
  package init(classes: Int) {
    classCount = classes
  }

  /// Adds an image.
  package mutating func append(values: [Float], probabilities: [Float]) {
    let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    self.values += values
    classes.append(best)
    confidences.append(Double(probabilities[best]))
  }

  mutating func append(_ other: Features) {
    values += other.values
    classes += other.classes
    confidences += other.confidences
  }

  /// The share of images whose most probable class is their label.
  package func accuracy(_ labels: [UInt8]) -> SampleMean {
    precondition(labels.count == count, "\(labels.count) labels for \(count) images")
    return SampleMean(zip(classes, labels).map { $0 == Int($1) ? 1 : 0 })
  }
}

/// Which classes a set of images shows, and how confident the network is.
public struct ClassBalance: Codable, Equatable, Sendable {
  /// How many images are classified as each class.
  public let counts: [Int]
  /// The mean probability of the most probable class.
  public let confidence: SampleMean

  /// Counts the classes of one or more images.
  package init(_ features: Features) {
    var counts = [Int](repeating: 0, count: features.classCount)
    for number in features.classes { counts[number] += 1 }
    self.counts = counts
    confidence = SampleMean(features.confidences)
  }

  /// Half the sum of the differences between the classes' shares here and there: 0 where every class
  /// is as frequent, 1 where no class is in both.
  ///
  /// - Parameter other: of as many classes.
  public func distance(to other: ClassBalance) -> Double {
    precondition(
      counts.count == other.counts.count, "\(counts.count) and \(other.counts.count) classes")
    func shares(_ counts: [Int]) -> [Double] {
      counts.map { Double($0) / Double(counts.reduce(0, +)) }
    }
    return zip(shares(counts), shares(other.counts)).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
  }
}
