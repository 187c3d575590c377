// What tells one data set from another.

internal import CZlib
import Foundation

extension Dataset {
  /// Number, size and check sum of the images: another text for other images, the same for the
  /// same ones under another name.
  package var fingerprint: String {
    let sum = crc32_z(0, images.pixels, images.pixels.count)
    return "\(images.count) images of \(images.size), CRC-32 \(String(format: "%08x", UInt32(sum)))"
  }
}
