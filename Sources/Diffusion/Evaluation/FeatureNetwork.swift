// The features in which images are compared, learned from the user's own labelled data.

internal import Autograd
internal import Kernels
internal import Numerics

/// A small classifier, trained by this library on a labelled data set, whose last hidden layer is
/// the space in which sets of images are compared.
///
/// The papers compare in the features of an Inception network trained on photographs, whose weights are
/// a large file to fetch and whose features do not suit digits. Distances in these features are not
/// comparable with published ones: they say which of two sets of images is nearer to the data, and how
/// near real images are to it.
public struct FeatureNetwork: Sendable {
  /// The size of the images it takes.
  public var imageSize: ImageSize { layers.size }
  /// How many classes it tells apart.
  public var classes: Int { layers.classes }
  /// How it is built.
  public var architecture: FeatureArchitecture { layers.architecture }
  /// What identifies the data it learned from: a line of counts and check sums.
  public let fingerprint: String

  let layers: FeatureLayers
  let parameters: Parameters

  init(_ layers: FeatureLayers, _ parameters: Parameters, _ fingerprint: String) {
    (self.layers, self.parameters, self.fingerprint) = (layers, parameters, fingerprint)
  }

  /// Trains a network: for images of MNIST's size and the shallow one half a minute on two cores,
  /// whatever their number. It is the same for any number of threads.
  ///
  /// - Parameters:
  ///   - data: the training split, with labels of at least two classes.
  ///   - architecture: how it is built.
  ///   - threads: how many cores work.
  ///   - progress: called after every step with the share of the work that is done.
  /// - Throws: `FileError` if the data have no labels to learn, or all the same.
  public init(
    trainedOn data: Dataset, _ architecture: FeatureArchitecture = .shallow, threads: Int,
    progress: ((Double) -> Void)? = nil
  ) throws(FileError) {
    try self.init(
      trainedOn: data, architecture, steps: FeatureTraining.usualSteps, threads: threads,
      progress: progress)
  }

  /// The same, with another length of training.
  package init(
    trainedOn data: Dataset, _ architecture: FeatureArchitecture = .shallow, steps: Int,
    threads: Int, progress: ((Double) -> Void)? = nil
  ) throws(FileError) {
    let (labels, classes) = try FeatureNetwork.labels(of: data)
    let layers = FeatureLayers(architecture, size: data.images.size, classes: classes)
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

  /// The features of images.
  ///
  /// - Parameters:
  ///   - images: images of the network's size.
  ///   - threads: how many cores work; the features are the same for any number.
  package func features(of images: ByteImages, threads: Int) -> Features {
    precondition(images.size == imageSize, "images of \(images.size) for \(imageSize)")
    let lanes = makeLanes(for: images.count, of: FeatureNetwork.capacity, threads: threads) {
      NetworkLane(parameters, for: .inference, capacity: FeatureNetwork.capacity) { tape in
        layers.recordPrediction(on: tape)
      }
    }
    parameters.derive(Workers(count: threads))
    let parts = forEachShard(images.count, of: FeatureNetwork.capacity, on: lanes) { range, lane in
      features(of: range, in: images, on: lane)
    }
    return parts.reduce(into: Features(classes: classes)) { $0.append($1) }
  }

  /// Images that a core works on at a time.
  private static let capacity = 16

  private func features(
    of range: Range<Int>, in images: ByteImages, on lane: NetworkLane<FeatureLayers.PredictionGraph>
  ) -> Features {
    let (tape, graph) = (lane.tape, lane.graph)
    let values = images.size.values
    tape.images = range.count
    Pixels.decode(
      images.pixels, from: range.lowerBound * values,
      into: tape[graph.x].slice(0, range.count * values))
    tape.forward()
    let row = graph.result.shape.channels
    var features = Features(classes: classes)
    for image in 0..<range.count {
      let result = tape[graph.result].slice(image * row, row)
      let dimension = architecture.dimension
      let logits = result.slice(dimension, row - dimension)
      softmax(logits, rows: 1, classes: logits.count, into: logits)
      features.append(
        values: result.prefix(dimension), probabilities: logits.array)
    }
    return features
  }
}
