// What this build requires of the CPU it runs on, and whether this one has it.

import Foundation
internal import Instructions
internal import Kernels

/// The CPU lacks features of the build, which would die of an illegal instruction.
public struct UnsupportedCPU: Error, CustomStringConvertible {
  /// What it lacks, as compilers spell it.
  public let missing: [String]

  /// - Parameter missing: one or more features.
  public init(missing: [String]) {
    self.missing = missing
  }

  /// One line that names them, and how to build for this CPU.
  public var description: String {
    "this CPU lacks \(missing.joined(separator: ", ")), which this build needs; rebuild on this "
      + "machine with swift build -c release, or for any 64-bit PC with DDPM_CPU=x86-64 before it"
  }
}

/// The CPU this build was compiled for.
public enum Platform {
  /// Makes sure that this CPU has every feature that the compiler may have used: to be called before anything
  /// else of this library by programs that are carried from machine to machine.
  ///
  /// - Throws: `UnsupportedCPU`, in place of an illegal instruction later on.
  public static func check() throws(UnsupportedCPU) {
    let missing = missing(of: requiredFeatures)
    if !missing.isEmpty { throw UnsupportedCPU(missing: missing) }
  }

  /// The features that this CPU lacks, or that nobody knows.
  package static func missing(of required: [String]) -> [String] {
    required.filter { cpuHas($0) != 1 }
  }

  /// The kernels' instruction set, for example `AVX-512`.
  package static var instructionSet: String { BuildTarget.name }
  /// The CPU features without which the kernels may end with an illegal instruction.
  package static var requiredFeatures: [String] {
    String(cString: BuildTarget.features).split(separator: " ").map(String.init)
  }
  /// Who made this CPU, as the operating system spells it: rough reciprocals, which kernels begin with,
  /// differ between makers.
  package static var maker: String {
    OperatingSystem.cpuMaker ?? "unknown"
  }
}
