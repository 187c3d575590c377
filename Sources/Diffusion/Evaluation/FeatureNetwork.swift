// The eye that images are judged with: features learned from the user's own labelled data.

internal import Autograd
internal import Kernels
internal import Numerics

/// A small classifier, trained by this library on a labelled data set, whose last hidden layer is
/// the space in which sets of images are compared.
///
/// The papers compare in the features of an Inception network trained on photographs, which is no
/// eye for digits and a large file to fetch. Distances in these features are not comparable with
/// published ones: they say which of two sets of images is nearer to the data, and how near real
/// images are to it.
public struct FeatureNetwork: Sendable {
  /// The size of the images it judges.
  public var imageSize: ImageSize { layers.size }
  /// How many classes it tells apart.
  public var classes: Int { layers.classes }
  /// What identifies the data it learned from: a line of counts and check sums.
  public let fingerprint: String

  let layers: FeatureLayers
  let parameters: Parameters

  init(_ layers: FeatureLayers, _ parameters: Parameters, _ fingerprint: String) {
    (self.layers, self.parameters, self.fingerprint) = (layers, parameters, fingerprint)
  }

  /// Trains a network: half a minute for images of MNIST's size on two cores, whatever their
  /// number. It is the same for any number of threads.
  ///
  /// - Parameters:
  ///   - data: the training split, with labels of at least two classes.
  ///   - threads: how many cores work.
  ///   - progress: called after every step with the share of the work that is done.
  /// - Throws: `FileError` if the data have no labels to learn, or all the same.
  public init(
    trainedOn data: Dataset, threads: Int, progress: ((Double) -> Void)? = nil
  ) throws(FileError) {
    try self.init(
      trainedOn: data, steps: FeatureTraining.usualSteps, threads: threads, progress: progress)
  }

  /// The same, with another length of training.
  package init(
    trainedOn data: Dataset, steps: Int, threads: Int, progress: ((Double) -> Void)? = nil
  ) throws(FileError) {
    let (labels, classes) = try FeatureNetwork.labels(of: data)
    let layers = FeatureLayers(size: data.images.size, classes: classes)
    let training = FeatureTraining(
      layers: layers, images: data.images, labels: labels, steps: steps)
    self.init(
      layers, training.run(threads: threads, progress: progress), data.labelledFingerprint)
  }

  /// The labels of a data set and how many classes they tell apart.
  package static func labels(of data: Dataset) throws(FileError) -> (labels: [UInt8], classes: Int)
  {
    guard let labels = data.labels, let most = labels.max() else {
      let reason = "has no labels, from which the metrics' features are learned"
      throw FileError(path: data.name, .invalid(reason))
    }
    guard labels.contains(where: { $0 != most }) else {
      let reason = "all its labels are \(most): the metrics' features need two classes or more"
      throw FileError(path: data.name, .invalid(reason))
    }
    return (labels, Int(most) + 1)
  }

  /// Looks at images.
  ///
  /// - Parameters:
  ///   - images: images of the network's size.
  ///   - threads: how many cores work; the features are the same for any number.
  package func features(of images: ByteImages, threads: Int) -> Features {
    precondition(images.size == imageSize, "images of \(images.size) for \(imageSize)")
    let shards = (images.count + FeatureEye.capacity - 1) / FeatureEye.capacity
    let eyes = (0..<max(1, min(threads, shards))).map { _ in FeatureEye(self) }
    parameters.derive(Workers(count: threads))
    let seen = (0..<shards).map { _ in SharedValue(Features(classes: classes)) }
    Workers(count: eyes.count).each(shards) { shard, worker in
      let first = shard * FeatureEye.capacity
      seen[shard].value = eyes[worker].look(
        at: first..<min(first + FeatureEye.capacity, images.count), of: images)
    }
    var features = Features(classes: classes)
    for part in seen { features.append(part.value) }
    return features
  }
}

/// A thread's network with memory for a few images.
private final class FeatureEye: Sendable {
  static let capacity = 16

  private let tape: Tape
  private let judgement: FeatureLayers.Judgement

  init(_ network: FeatureNetwork) {
    tape = Tape(network.parameters, for: .inference, capacity: FeatureEye.capacity)
    judgement = network.layers.recordJudgement(on: tape)
  }

  func look(at range: Range<Int>, of images: ByteImages) -> Features {
    let values = images.size.values
    tape.images = range.count
    Pixels.decode(
      images.pixels, from: range.lowerBound * values,
      into: tape[judgement.x].slice(0, range.count * values))
    tape.forward()
    let row = judgement.result.shape.channels
    var features = Features(classes: row - FeatureLayers.dimension)
    for image in range {
      let result = tape[judgement.result].slice((image - range.lowerBound) * row, row)
      let logits = result.slice(FeatureLayers.dimension, row - FeatureLayers.dimension)
      softmax(logits, rows: 1, classes: logits.count, into: logits)
      features.append(
        values: result.prefix(FeatureLayers.dimension), probabilities: logits.array)
    }
    return features
  }
}
