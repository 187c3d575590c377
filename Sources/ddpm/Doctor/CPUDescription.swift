// What the system tells of the CPU.

import Foundation

/// The CPU's name and vector features, for people to read.
package enum CPUDescription {
  /// The words of a system's list: the `flags` (of ARM the `features`) of the first CPU in the text of
  /// `/proc/cpuinfo`, or any line of words.
  private static func features(in list: String) -> [String] {
    let lines = list.lowercased().split(separator: "\n")
    let flags =
      lines.first { $0.hasPrefix("flags") || $0.hasPrefix("features") } ?? lines.first ?? ""
    return flags.split { $0.isWhitespace || $0 == ":" }.map(String.init)
  }

  /// What a system's list says of the CPU's vectors, as kernels use them.
  package static func vectorFeatures(in list: String) -> [String] {
    features(in: list).filter { word in vectorPrefixes.contains { word.hasPrefix($0) } }
  }

  /// AVX in its versions and what belongs to it, Intel's matrices, ARM's vectors and numbers of two bytes
  /// and one. Not ARM's matrices, sme: other makers' features begin so too.
  private static let vectorPrefixes = [
    "avx", "fma", "f16c", "bmi2", "amx", "asimd", "sve", "bf16", "i8mm",
  ]

  /// The CPU's own name; nil where the system does not tell.
  static var name: String? {
    #if os(macOS)
      systemText("machdep.cpu.brand_string")
    #else
      systemFeatures()?.split(separator: "\n").first { $0.hasPrefix("model name") }?
        .split(separator: ":", maxSplits: 1).last.map { String($0.drop { $0.isWhitespace }) }
    #endif
  }

  /// What the system tells of the CPU's features; nil where it does not.
  #if os(macOS)
    static func systemFeatures() -> String? {
      let names = ["machdep.cpu.features", "machdep.cpu.leaf7_features"]
      let lists = names.compactMap(systemText)
      return lists.isEmpty ? nil : lists.joined(separator: " ")
    }

    private static func systemText(_ name: String) -> String? {
      var size = 0
      guard sysctlbyname(name, nil, &size, nil, 0) == 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
    }
  #else
    static func systemFeatures() -> String? {
      try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    }
  #endif
}
