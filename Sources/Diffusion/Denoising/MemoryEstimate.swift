// The memory that work with a network takes, known before it is taken.

internal import Autograd
import Foundation

/// Bytes that some work will take, beside the machine's.
public struct MemoryEstimate: Equatable, Sendable, CustomStringConvertible {
  /// The bytes that are needed.
  public let bytes: Int

  package init(bytes: Int) { self.bytes = bytes }

  /// The bytes that the machine has.
  package static let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)

  /// Whether the machine has so many.
  package var fits: Bool { bytes <= MemoryEstimate.machine }

  /// "about 3.2 GB of memory".
  public var description: String { "about \(amount) of memory" }

  /// "3.2 GB".
  package var amount: String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")]
    let (unit, name) = units.first { Double(bytes) >= $0.0 } ?? units[2]
    return "\(String(format: "%.1f", Double(bytes) / unit)) \(name)"
  }
}

extension DiffusionModel {
  /// What drawing images takes.
  ///
  /// - Parameters:
  ///   - count: how many images.
  ///   - batch: how many of them a thread works on at a time.
  ///   - lanes: how many threads work.
  ///   - memory: how many evaluations of each image the sampler remembers.
  func memory(count: Int, batch: Int, lanes: Int, memory: Int) -> MemoryEstimate {
    let image = MemoryLayout<Float>.size * imageSize.values
    let lane =
      unet.bytes(size: imageSize, for: .inference, capacity: batch)
      + (2 * memory + 2) * batch * image
    return MemoryEstimate(bytes: lanes * lane + 2 * count * image + 2 * parameterCount * 4)
  }
}

extension UNetConfiguration {
  /// What training the network takes.
  ///
  /// - Parameters:
  ///   - size: of the images.
  ///   - batch: images per step.
  ///   - threads: how many cores work.
  /// - Throws: `ConfigurationError` where the shape makes no network.
  package func trainingMemory(
    size: ImageSize, batch: Int, threads: Int
  ) throws(ConfigurationError) -> MemoryEstimate {
    let unet = try UNet(self)
    let shards = (batch + ShardSize.usual - 1) / ShardSize.usual
    let lanes = min(threads, shards)
    let image = MemoryLayout<Float>.size * size.values
    let lane =
      unet.bytes(size: size, for: .training, capacity: ShardSize.usual)
      + 4 * ShardSize.usual * image
    // Weights, derived weights, average, two moments; a sum of gradients, and two per lane.
    let parameters = MemoryLayout<Float>.size * unet.layout.parameterCount * (7 + 2 * lanes)
    return MemoryEstimate(bytes: lanes * lane + parameters)
  }
}
