// What identifies a data set.

internal import Ranks

extension ByteImages {
  /// Number, size and check sum, which differ for other images.
  package var fingerprint: String { "\(count) images of \(size), CRC-32 \(CRC32.text(of: pixels))" }
}

extension Images {
  /// The same of images of floats.
  package var fingerprint: String {
    "\(count) images of \(size), CRC-32 \(CRC32.text(of: values.rawBytes))"
  }
}

extension Dataset {
  /// Number, size and check sum of the images: independent of the set's name.
  package var fingerprint: String { images.fingerprint }

  /// The same with the check sum of the labels.
  package var labelledFingerprint: String {
    "\(fingerprint), labels' CRC-32 \(CRC32.text(of: labels ?? []))"
  }
}
