// The memory that work with a network takes, known before it is taken.

internal import Autograd
import Foundation

/// Bytes that some work will take, beside the machine's.
public struct MemoryEstimate: Equatable, Sendable, CustomStringConvertible {
  /// The bytes that are needed.
  public let bytes: Int

  package init(bytes: Int) { self.bytes = bytes }

  /// The bytes that this process may have: the machine's, or less where its control groups have less or its
  /// addresses are limited (`ulimit -v`).
  package static let machine = min(
    Int(clamping: ProcessInfo.processInfo.physicalMemory), ControlGroups.own.memory ?? .max,
    addressLimit(limits: "/proc/self/limits", taken: "/proc/self/statm") ?? .max)

  /// What Linux's limit on addresses leaves beside those that are taken; nil for no limit.
  ///
  /// - Parameters:
  ///   - limits: the file with a line "Max address space", its limit and the highest one there may be.
  ///   - taken: the file that begins with the pages that are taken.
  package static func addressLimit(limits: String, taken: String) -> Int? {
    func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
    let name = "Max address space"
    let line = text(limits)?.split(separator: "\n").first { $0.hasPrefix(name) }
    guard let limit = line?.dropFirst(name.count).split(separator: " ").first.flatMap({ Int($0) })
    else { return nil }
    let pages = text(taken)?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return max(0, limit - pages * Int(getpagesize()))
  }

  /// What the program and the system's libraries take before any work.
  static let program = 30 << 20

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
