// What a build needs of a CPU.

import Diffusion
import Testing

@Suite struct PlatformTests {
  @Test func thisMachineRunsWhatWasBuiltOnIt() {
    #expect(throws: Never.self) { try Platform.check() }
  }

  /// The compiler's list and the list of questions to the CPU have the same names.
  @Test func everyFeatureOfTheBuildCanBeAskedFor() {
    let required = Platform.requiredFeatures
    #expect(Platform.missing(of: required) == [])
    #expect(Set(required).count == required.count)
    switch Platform.instructionSet {
    case "AVX-512": #expect(Set(["avx512f", "avx512vl", "avx2", "fma"]).isSubset(of: required))
    case "AVX2+FMA": #expect(Set(["avx2", "fma", "bmi2"]).isSubset(of: required))
    default: #expect(!required.contains { $0.hasPrefix("avx") })
    }
  }

  @Test func whatNobodyKnowsIsMissing() {
    #expect(Platform.missing(of: ["no such feature"]) == ["no such feature"])
  }

  @Test func theErrorNamesTheFeatureAndTheWayOut() {
    let line = "\(UnsupportedCPU(missing: ["avx512f", "fma"]))"
    #expect(line.contains("lacks avx512f, fma") && line.contains("rebuild"))
  }
}
