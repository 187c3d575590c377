// A small model with labelled data, to be evaluated as a process.

import Diffusion
import Foundation
import ddpm

/// A workspace with data of three classes, an untrained model, and a cache that already holds the
/// feature network of the data, as training it takes seconds.
struct EvaluationBench {
  let workspace: Workspace
  let model: DiffusionModel
  let training: Dataset
  let test: Dataset
  let network: FeatureNetwork

  /// - Parameters:
  ///   - knowsFeatures: whether the cache holds the data's feature network.
  ///   - images: how many images each split has; nil is few.
  init(knowsFeatures: Bool = true, images: Int? = nil) throws {
    workspace = try Workspace()
    model = try workspace.makeModel()
    let folder = workspace.path("data")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, count) in [("train", images ?? 60), ("t10k", images ?? 40)] {
      let stripes = Self.images(count)
      try IDX.write(stripes, to: "\(folder)/\(name)-images-idx3-ubyte")
      try workspace.writeLabels((0..<count).map { UInt8($0 % 3) }, of: name)
    }
    training = try Dataset.load(folder: folder, split: .train)
    test = try Dataset.load(folder: folder, split: .test)
    network = try FeatureNetwork(trainedOn: training, steps: 20, threads: 1)
    if knowsFeatures, let path = cachePath {
      try FileManager.default.createDirectory(
        at: URL(filePath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
      try network.save(to: path)
    }
  }

  /// Where the program looks for the data's features.
  var cachePath: String? {
    FeatureCache(environment: ["XDG_CACHE_HOME": workspace.path("cache")]).path(for: training)
  }

  /// Stripes of three widths, each image a little brighter than the one before.
  private static func images(_ count: Int) -> ByteImages {
    let size = Workspace.size
    let pixels = (0..<count).flatMap { image in
      (0..<size.values).map { place in
        let stripe = place >> (image % 3) & 1
        return UInt8(stripe * 150 + image % 100 + place % 5)
      }
    }
    return ByteImages(size: size, pixels: pixels)
  }

  /// The arguments that evaluate the model on the data, and more words.
  ///
  /// - Parameter data: the data that the words need.
  func run(_ words: String, data: String = "--data data") throws -> BuiltTool.Result {
    try BuiltTool.shell(
      """
      cd '\(workspace.path(""))' && XDG_CACHE_HOME="$PWD/cache" exec "$0" \\
        evaluate --model model \(data) --threads 1 \(words)
      """)
  }

  /// The report of such a run.
  func report(_ words: String, data: String = "--data data") throws -> JSON {
    try JSON.parse(run("\(words) --json --quiet", data: data).output.utf8)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try workspace.bytes("model/evaluation/\(name)"), as: UTF8.self)
  }
}
