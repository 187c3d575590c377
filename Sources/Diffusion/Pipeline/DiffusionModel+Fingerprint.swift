// What identifies a model.

extension DiffusionModel {
  /// A text that differs for other weights, another network or another process.
  package var fingerprint: String {
    "\(parameterCount) parameters, CRC-32 \(CRC32.text(of: files.flatMap(\.bytes)))"
  }
}
