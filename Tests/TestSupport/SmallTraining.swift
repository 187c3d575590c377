// A training small enough for a test: 8 x 8 images, a network of two levels.

import Diffusion
import Foundation

package enum SmallTraining {
  package static let size = ImageSize(height: 8, width: 8, channels: 1)

  /// Two levels of 8 and 16 channels with attention at the deeper one.
  package static func network(
    _ size: ImageSize = size, dropout: Double = 0, classes: Int? = nil
  ) -> UNetConfiguration {
    UNetConfiguration(
      resolution: .init(size), inChannels: size.channels,
      outChannels: size.channels, channels: [8, 16], downBlocks: [.plain, .attention],
      upBlocks: [.attention, .plain], layersPerBlock: 1, normGroups: 4, dropout: dropout,
      classes: classes.map { $0 + 1 }, nullClass: classes)
  }

  /// White bars on black: image i has one of its own place and thickness.
  package static func images(_ count: Int, _ size: ImageSize = size) -> ByteImages {
    let pixels = (0..<count).flatMap { image in
      (0..<size.values).map { value -> UInt8 in
        let row = value / (size.width * size.channels)
        return (row + image) % size.height < 2 + image % 3 ? 255 : 0
      }
    }
    return ByteImages(size: size, pixels: pixels)
  }

  package static func options(
    batch: Int = 8, seed: UInt64 = 0, threads: Int = 2,
    _ change: (inout TrainingOptions) -> Void = { _ in }
  ) -> TrainingOptions {
    var options = TrainingOptions(threads: threads)
    (options.batch, options.seed) = (batch, seed)
    change(&options)
    return options
  }

  package static func trainer(
    _ options: TrainingOptions = options(), data: ByteImages = images(10), dropout: Double = 0,
    prediction: Prediction = .noise, schedule: BetaSchedule = .linear, timesteps: Int = 1000
  ) throws -> Trainer {
    try Trainer(
      network(data.size, dropout: dropout),
      schedule: NoiseSchedule(schedule, timesteps: timesteps), prediction: prediction, data: data,
      options)
  }

  /// A conditional training: image i is of class i mod `classes`.
  package static func conditionalTrainer(
    classes: Int = 3, _ options: TrainingOptions = options(), data: ByteImages = images(12),
    prediction: Prediction = .noise
  ) throws -> Trainer {
    try Trainer(
      network(data.size, classes: classes), schedule: NoiseSchedule(.linear, timesteps: 1000),
      prediction: prediction, data: data, labels: (0..<data.count).map { UInt8($0 % classes) },
      options)
  }
}

extension DiffusionModel {
  /// The bytes of its weights' file.
  package var weights: [UInt8] { files[0].bytes }

  /// The rows of the class embedding.
  package var classRows: [[Float]] {
    get throws {
      let file = try Safetensors(bytes: weights, path: "weights")
      let (shape, values) = (
        try file.tensor("class_embedding.weight").shape, try file.floats("class_embedding.weight")
      )
      return (0..<shape[0]).map { Array(values[$0 * shape[1]..<($0 + 1) * shape[1]]) }
    }
  }
}
