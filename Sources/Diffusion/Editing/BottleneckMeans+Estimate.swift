// The classes' means in h-space, from labelled images.

internal import Autograd
internal import Kernels
import Synchronization

extension DiffusionModel {
  /// Learns where the classes lie in h-space: the means of the bottleneck's activations over noisy images
  /// x_t ~ q(x_t | x_0) of each class.
  ///
  /// - Parameters:
  ///   - data: labelled images of the model's size, some of each class.
  ///   - timesteps: where the means are wanted.
  ///   - perClass: how many images of a class are looked at, or all where there are fewer.
  ///   - threads: how many cores work; the result is the same for any number.
  ///   - progress: called now and then, from any thread, with the share of the work that is done.
  /// - Throws: `FileError` for data without labels, or with a class that has no image.
  package func bottleneckMeans(
    of data: Dataset, at timesteps: [Timestep], perClass: Int = 100, threads: Int,
    progress: (@Sendable (Double) -> Void)? = nil
  ) throws(FileError) -> BottleneckMeans {
    precondition(
      data.images.size == imageSize, "images of \(data.images.size) for a model of \(imageSize)")
    let classes = try data.classCount()
    var chosen = [[Int]](repeating: [], count: classes)
    for (image, label) in (data.labels ?? []).enumerated() where chosen[Int(label)].count < perClass
    {
      chosen[Int(label)].append(image)
    }
    if let empty = chosen.firstIndex(where: \.isEmpty) {
      throw FileError(
        path: data.name, .invalid("has no image of class \(empty), whose direction is wanted"))
    }
    let examples = chosen
    parameters.derive(Workers(count: threads))
    let lanes = makeLanes(for: timesteps.count * classes, of: 1, threads: threads) {
      ExampleLane(
        unet, parameters, for: .inference, schedule: schedule, data: data.images, seed: 0,
        stream: .bottleneck, opensBottleneck: true)
    }
    let finished = Atomic(0)
    let means = forEachShard(timesteps.count * classes, of: 1, on: lanes) { item, lane in
      let (place, label) = item.lowerBound.quotientAndRemainder(dividingBy: classes)
      let t = timesteps[place]
      let draws = examples[label].map { image in
        Draw(
          image: image, classRow: classCount == nil ? nil : label, timestep: t,
          noise: (UInt32(image), UInt32(t.value)))
      }
      let mean = lane.meanBottleneck(draws)
      let done = finished.add(1, ordering: .relaxed).newValue
      progress?(Double(done) / Double(timesteps.count * classes))
      return mean
    }
    return BottleneckMeans(
      timesteps: timesteps, classCount: classes, values: means.flatMap(\.self))
  }
}

extension ExampleLane {
  /// The mean of the bottleneck's activations over some examples.
  fileprivate func meanBottleneck(_ draws: [Draw]) -> [Float] {
    guard let activations = lane.bottleneck, let shift = lane.bottleneckShift else {
      preconditionFailure("the bottleneck was not opened")
    }
    shift.fill(0)
    let length = activations.count / lane.tape.capacity
    var sums = [Double](repeating: 0, count: length)
    for start in stride(from: 0, to: draws.count, by: ShardSize.usual) {
      let part = draws[start...].prefix(ShardSize.usual)
      prepare(part)
      lane.forward()
      for image in part.indices.map({ $0 - start }) {
        for i in 0..<length { sums[i] += Double(activations[image * length + i]) }
      }
    }
    return sums.map { Float($0 / Double(draws.count)) }
  }
}
