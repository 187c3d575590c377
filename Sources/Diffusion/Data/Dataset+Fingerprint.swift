// What tells one data set from another, and one model from another.

internal import CZlib
import Foundation

extension ByteImages {
  /// Number, size and check sum: another text for other images.
  package var fingerprint: String { "\(count) images of \(size), CRC-32 \(checkSum(pixels))" }
}

extension DiffusionModel {
  /// Another text for other weights, another network or another process.
  package var fingerprint: String {
    "\(parameterCount) parameters, CRC-32 \(checkSum(files.flatMap(\.bytes)))"
  }
}

extension Dataset {
  /// Number, size and check sum of the images: the same for the same ones under another name.
  package var fingerprint: String { images.fingerprint }

  /// The same with the check sum of the labels.
  package var labelledFingerprint: String {
    "\(fingerprint), labels' CRC-32 \(checkSum(labels ?? []))"
  }
}

private func checkSum(_ bytes: [UInt8]) -> String {
  String(format: "%08x", UInt32(crc32_z(0, bytes, bytes.count)))
}
