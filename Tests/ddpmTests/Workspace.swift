// A folder of its own for a test that runs the program: small data, an untrained model.

import Diffusion
import Foundation
import Testing

/// A folder that is removed with the last reference to it.
final class Workspace: Sendable {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The path of a name in the folder.
  func path(_ name: String) -> String { folder.appending(path: name).path }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  /// Copies a file to a name, with the folders above it.
  func copy(_ file: URL, to name: String) throws {
    try makeFolder(above: name)
    try FileManager.default.copyItem(at: file, to: URL(filePath: path(name)))
  }

  func write(_ text: String, to name: String) throws {
    try makeFolder(above: name)
    try Data(text.utf8).write(to: URL(filePath: path(name)))
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  private func makeFolder(above name: String) throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: path(name)).deletingLastPathComponent(), withIntermediateDirectories: true)
  }

  static let size = ImageSize(height: 8, width: 8, channels: 1)

  /// Writes a data set of 8 x 8 images into the folder `data` and returns its path.
  ///
  /// - Parameters:
  ///   - classes: image i has the label i mod `classes`; nil for no labels.
  ///   - images: how many there are.
  func makeData(
    classes: Int? = nil, images: (train: Int, test: Int) = (12, 6)
  ) throws -> String {
    for (name, count) in [("train", images.train), ("t10k", images.test)] {
      let pixels = (0..<count * Self.size.values).map { UInt8(truncatingIfNeeded: $0 * 37) }
      try makeFolder(above: "data/\(name)")
      try IDX.write(
        ByteImages(size: Self.size, pixels: pixels), to: path("data/\(name)-images-idx3-ubyte"))
      if let classes { try writeLabels((0..<count).map { UInt8($0 % classes) }, of: name) }
    }
    return path("data")
  }

  /// Writes the labels of one of the data set's splits.
  func writeLabels(_ labels: [UInt8], of split: String) throws {
    try Data([0, 0, 8, 1, 0, 0, UInt8(labels.count >> 8), UInt8(labels.count & 255)] + labels)
      .write(to: URL(filePath: path("data/\(split)-labels-idx1-ubyte")))
  }

  /// Saves an untrained model of such images into the folder `model`.
  func makeModel(
    classes: Int? = nil, timesteps: Int = 1000, prediction: Prediction = .noise
  ) throws -> DiffusionModel {
    let trainer = try Trainer(
      UNetConfiguration(.tiny, imageSize: Self.size, classes: classes),
      schedule: NoiseSchedule(.linear, timesteps: timesteps), prediction: prediction,
      data: ByteImages(size: Self.size, pixels: Array(repeating: 0, count: Self.size.values)),
      labels: [0], TrainingOptions(threads: 1))
    try trainer.snapshot().save(to: path("model"))
    return try DiffusionModel(folder: path("model"))
  }

  /// Runs `ddpm sample` of the model in the folder, without progress.
  func sample(_ words: [String]) throws -> BuiltTool.Result {
    try BuiltTool.run(["sample", "--model", path("model"), "--quiet"] + words)
  }
}

extension BuiltTool.Result {
  /// Expects that the program ended with a code and a single line that names what is wrong.
  func expectRefusal(
    _ code: Int32, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let isOneLine =
      messages.hasPrefix("ddpm: ") && messages.hasSuffix("\n")
      && messages.count { $0 == "\n" } == 1
    #expect(
      self.code == code && output.isEmpty && isOneLine && parts.allSatisfy(messages.contains),
      "\(self.code): \(messages)", sourceLocation: sourceLocation)
  }
}
