// What tells one data set from another.

internal import CZlib
import Foundation

extension Dataset {
  /// Number, size and check sum of the images: another text for other images, the same for the
  /// same ones under another name.
  package var fingerprint: String {
    "\(images.count) images of \(images.size), CRC-32 \(checkSum(images.pixels))"
  }

  /// The same with the check sum of the labels.
  package var labelledFingerprint: String {
    "\(fingerprint), labels' CRC-32 \(checkSum(labels ?? []))"
  }

  private func checkSum(_ bytes: [UInt8]) -> String {
    String(format: "%08x", UInt32(crc32_z(0, bytes, bytes.count)))
  }
}
