// Which of a CPU's features kernels use.

/// A CPU's vector features, for people to read.
package enum CPUDescription {
  /// What the words of a system's list say of the CPU's vectors, as kernels use them.
  package static func vectorFeatures(in list: String) -> [String] {
    list.lowercased().split { $0.isWhitespace || $0 == ":" }.map(String.init)
      .filter { word in vectorPrefixes.contains { word.hasPrefix($0) } }
  }

  /// AVX in its versions and what belongs to it, Intel's matrices, ARM's vectors and numbers of two bytes
  /// and one. Not ARM's matrices, sme: other makers' features begin so too.
  private static let vectorPrefixes = [
    "avx", "fma", "f16c", "bmi2", "amx", "asimd", "sve", "bf16", "i8mm",
  ]
}
