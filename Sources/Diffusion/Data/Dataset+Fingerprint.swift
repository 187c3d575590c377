// What identifies a data set.

extension ByteImages {
  /// Number, size and check sum: another text for other images.
  package var fingerprint: String { "\(count) images of \(size), CRC-32 \(CRC32.text(of: pixels))" }
}

extension Dataset {
  /// Number, size and check sum of the images: the same for the same ones under another name.
  package var fingerprint: String { images.fingerprint }

  /// The same with the check sum of the labels.
  package var labelledFingerprint: String {
    "\(fingerprint), labels' CRC-32 \(CRC32.text(of: labels ?? []))"
  }
}
