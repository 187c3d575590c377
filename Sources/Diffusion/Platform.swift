// What this build requires of the CPU it runs on, for programs that import only Diffusion.

internal import Kernels

/// The CPU this build was compiled for.
package enum Platform {
  /// The kernels' instruction set, for example `AVX-512`.
  package static var instructionSet: String { BuildTarget.name }
  /// The CPU features without which the kernels end with an illegal instruction, as the operating system
  /// spells them.
  package static var requiredFeatures: [String] { BuildTarget.requiredFeatures }
}
