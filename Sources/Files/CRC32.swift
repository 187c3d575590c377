// The check sum of PNG and gzip, which also tells one content from another.

internal import CZlib
import Foundation

/// CRC-32 (ISO 3309), computed by zlib.
package enum CRC32 {
  /// The sum of all the bytes; 0 for none.
  package static func sum(of bytes: [UInt8]) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_z(0, bytes, bytes.count))
  }

  /// The sum in eight hexadecimal digits.
  package static func text(of bytes: [UInt8]) -> String {
    String(format: "%08x", sum(of: bytes))
  }
}
