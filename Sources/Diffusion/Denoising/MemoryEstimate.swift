// The memory that work with a network takes, known before it is taken.

internal import Autograd

/// Bytes that some work will take, beside the machine's.
public struct MemoryEstimate: Equatable, Sendable, CustomStringConvertible {
  /// The bytes that are needed.
  public let bytes: Int

  package init(bytes: Int) { self.bytes = bytes }

  /// What the program and the system's libraries take before any work.
  static let program = 30 << 20

  /// Whether the machine has so many.
  package var fits: Bool { bytes <= AvailableMemory.bytes }

  /// "about 3.2 GB of memory".
  public var description: String { "about \(AvailableMemory.text(bytes)) of memory" }
}

extension DiffusionModel {
  /// What drawing images takes.
  ///
  /// - Parameters:
  ///   - count: how many images.
  ///   - batch: how many of them a thread works on at a time.
  ///   - lanes: how many threads work.
  ///   - memory: how many evaluations of each image the sampler remembers.
  ///   - guidance: what evaluates a network once more for each image.
  func memory(
    count: Int, batch: Int, lanes: Int, memory: Int, guidance: Guidance?
  ) -> MemoryEstimate {
    let image = MemoryLayout<Float>.size * imageSize.values
    // With no class as the reference, the network takes each image twice at a time.
    let networks: [(model: DiffusionModel, images: Int)] =
      switch guidance?.reference {
      case nil: [(self, batch)]
      case .noClass: [(self, 2 * batch)]
      case .model(let guide): [(self, batch), (guide, batch)]
      }
    let tapes = networks.reduce(0) {
      $0 + $1.model.unet.bytes(size: imageSize, for: .inference, capacity: $1.images)
    }
    // Beside the weights of each, what is derived of them.
    let weights = networks.reduce(0) {
      $0 + 2 * MemoryLayout<Float>.size * $1.model.parameterCount
    }
    let lane = tapes + (2 * memory + 2) * batch * image
    return MemoryEstimate(
      bytes: MemoryEstimate.program + lanes * lane + 2 * count * image + weights)
  }
}

extension UNetConfiguration {
  /// What training the network takes.
  ///
  /// - Parameters:
  ///   - images: of the training, as bytes.
  ///   - batch: images per step.
  ///   - threads: how many cores work.
  /// - Throws: `ConfigurationError` where the shape makes no network.
  package func trainingMemory(
    _ images: ByteImages, batch: Int, threads: Int
  ) throws(ConfigurationError) -> MemoryEstimate {
    let unet = try UNet(self)
    let size = images.size
    let lanes = trainingLanes(batch: batch, threads: threads)
    let image = MemoryLayout<Float>.size * size.values
    let lane =
      unet.bytes(size: size, for: .training, capacity: ShardSize.usual)
      + unet.bytes(size: size, for: .inference, capacity: ShardSize.usual)
      + 4 * ShardSize.usual * image
    // Weights, derived weights, average, two moments; what is saved of them; a sum of gradients, and two
    // per lane.
    let copies = 11 + 2 * lanes
    let parameters = MemoryLayout<Float>.size * unet.layout.parameterCount * copies
    return MemoryEstimate(
      bytes: MemoryEstimate.program + images.pixels.count + lanes * lane + parameters)
  }

  /// How many threads have a part of a batch.
  package func trainingLanes(batch: Int, threads: Int) -> Int {
    min(threads, (batch + ShardSize.usual - 1) / ShardSize.usual)
  }
}
