// Whether this CPU has what the kernels were compiled for, asked before any of them runs.

import Diffusion
import Foundation

/// The CPU lacks features of the build, which would die of an illegal instruction.
package struct UnsupportedCPU: Error, CustomStringConvertible {
  let missing: [String]

  package init(missing: [String]) {
    self.missing = missing
  }

  package var description: String {
    "this CPU lacks \(missing.joined(separator: ", ")), which this build needs; rebuild on this "
      + "machine with swift build -c release, or for any 64-bit PC with DDPM_CPU=x86-64 before it"
  }
}

/// Compares the build with the machine.
package enum CPUCheck {
  /// Refuses a CPU that is known to lack a feature; where the system does not tell, goes on.
  package static func run() throws(UnsupportedCPU) {
    let required = Platform.requiredFeatures
    guard !required.isEmpty, let list = systemFeatures() else { return }
    let missing = missing(of: required, in: list)
    if !missing.isEmpty { throw UnsupportedCPU(missing: missing) }
  }

  /// The required features that a system's list lacks: the `flags` of the first CPU in the text of
  /// `/proc/cpuinfo`, or any line of words.
  package static func missing(of required: [String], in list: String) -> [String] {
    let lines = list.lowercased().split(separator: "\n")
    let flags = lines.first { $0.hasPrefix("flags") } ?? lines.first ?? ""
    let words = Set(flags.split { $0.isWhitespace || $0 == ":" }.map(String.init))
    return required.filter { !words.contains($0) }
  }

  #if os(macOS)
    private static func systemFeatures() -> String? {
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
    private static func systemFeatures() -> String? {
      try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    }
  #endif
}
