// What this build requires of the CPU it runs on, for programs that import only Diffusion.

import Foundation
internal import Kernels

/// The CPU this build was compiled for.
package enum Platform {
  /// The kernels' instruction set, for example `AVX-512`.
  package static var instructionSet: String { BuildTarget.name }
  /// The CPU features without which the kernels end with an illegal instruction, as the operating system
  /// spells them.
  package static var requiredFeatures: [String] { BuildTarget.requiredFeatures }
  /// Who made this CPU, as the operating system spells it: rough reciprocals, which kernels begin with,
  /// differ between makers.
  package static var maker: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("vendor_id") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
      ?? "unknown"
  }
}
