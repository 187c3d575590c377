// Finished measurements as files, so that a repeated command only does what is missing.

import Diffusion
import Foundation

/// A folder of results, each beside the key of what it was measured on and how: a result counts only
/// for the very same model, data and settings.
struct KeptResults: Sendable {
  /// Everything that a result depends on, by name.
  typealias Key = [String: String]

  let folder: String

  private struct File<Result: Codable>: Codable {
    let key: Key
    /// Check sum of the images that belong to it.
    var images: String?
    let result: Result
    /// Check sum of the result: one that was edited is measured again.
    let checkSum: String

    init(_ key: Key, _ result: Result, images: String?) throws {
      (self.key, self.result, self.images) = (key, result, images)
      checkSum = try KeptResults.checkSum(of: result)
    }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return encoder
  }

  private static func checkSum(of result: some Codable) throws -> String {
    CRC32.text(of: Array(try encoder.encode([result])))
  }

  private func path(_ name: String, _ ending: String) -> String {
    Path.join(folder, "\(name).\(ending)")
  }

  private func read<Result: Codable>(_ name: String, _ key: Key) -> File<Result>? {
    // What cannot be read is measured again; if it cannot be written either, `keep` throws.
    guard
      let bytes = try? readFile(path(name, "json")),
      let file = try? JSONDecoder().decode(File<Result>.self, from: Data(bytes)), file.key == key,
      (try? KeptResults.checkSum(of: file.result)) == file.checkSum
    else { return nil }
    return file
  }

  /// The result of that name, if it is of that key.
  func result<Result: Codable>(_ name: String, _ key: Key) -> Result? {
    read(name, key)?.result
  }

  /// The result of that name with its images, if it has that key.
  func images<Result: Codable>(_ name: String, _ key: Key) -> (Result, ByteImages)? {
    guard
      let file: File<Result> = read(name, key),
      let images = try? IDX.imagesOfAnyChannels(at: path(name, "idx.gz")),
      images.fingerprint == file.images
    else { return nil }
    return (file.result, images)
  }

  /// Keeps a result in place of any other of that name; one with a value that is not finite is not kept.
  ///
  /// - Throws: `FileError`.
  func keep<Result: Codable>(
    _ name: String, _ key: Key, _ result: Result, images: ByteImages? = nil
  ) throws(FileError) {
    guard
      let file = try? File(key, result, images: images?.fingerprint),
      let data = try? KeptResults.encoder.encode(file)
    else { return }
    // The JSON comes last: after a crash in between, its check sum does not match the images.
    if let images { try IDX.write(images, to: path(name, "idx.gz")) }
    try AtomicFile.write(Array(data), to: path(name, "json"))
  }
}
