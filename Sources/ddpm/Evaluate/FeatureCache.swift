// Trained feature networks, kept for the next evaluation on the same data.

import Diffusion
import Foundation

/// The user's cache folder, whose content can be made again.
package struct FeatureCache {
  /// nil where the user has no such folder.
  private let folder: String?

  /// `$XDG_CACHE_HOME/ddpm`, or `~/.cache/ddpm`.
  package init(environment: [String: String]) {
    func filled(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    folder = (filled("XDG_CACHE_HOME") ?? filled("HOME").map { Path.join($0, ".cache") }).map {
      Path.join($0, "ddpm")
    }
  }

  /// That of the user who runs the program.
  static var usual: FeatureCache { FeatureCache(environment: ProcessInfo.processInfo.environment) }

  /// The path of the network trained on some data, named after how it is built and their fingerprint.
  package func path(
    for data: Dataset, _ architecture: FeatureArchitecture = .shallow
  ) -> String? {
    let letters = data.labelledFingerprint.lowercased().map {
      $0.isLetter || $0.isNumber ? $0 : "-"
    }
    let words = String(letters).split(separator: "-").joined(separator: "-")
    let features = architecture == .shallow ? "features" : "\(architecture.rawValue)-features"
    return folder.map { Path.join($0, "\(features)-\(words).safetensors") }
  }

  /// The network that was trained on the data, now or before.
  ///
  /// - Parameters:
  ///   - data: the training split.
  ///   - architecture: how the network is built.
  ///   - train: trains it.
  ///   - say: shows a message to the user.
  /// - Throws: `FileError` where the data have no labels to learn.
  func network(
    for data: Dataset, _ architecture: FeatureArchitecture = .shallow, say: (String) -> Void,
    train: () throws(FileError) -> FeatureNetwork
  ) throws(FileError) -> FeatureNetwork {
    let path = path(for: data, architecture)
    if let path {
      do {
        if let network = try FeatureNetwork(savedAt: path, trainedOn: data, architecture) {
          say("features  learned before, in \(path.printable)")
          return network
        }
      } catch {
        say("ddpm: \(error); it is made again")
      }
    }
    let network = try train()
    guard let path, let folder else {
      say("ddpm: the feature network is not kept, as neither XDG_CACHE_HOME nor HOME is set")
      return network
    }
    do {
      try createFolder(folder)
      try network.save(to: path)
      say("features  kept in \(path.printable)")
    } catch {
      say("ddpm: the feature network is not kept: \(error)")
    }
    return network
  }
}
