// What a CPU lacks, read from the system's list.

import Testing
import ddpm

@Suite struct CPUCheckTests {
  static let cpuinfo = """
    processor\t: 0
    model name\t: A CPU with avx512f in its name
    flags\t\t: fpu sse2 fma avx smep avx2
    flags\t\t: avx512f
    """

  @Test(
    arguments: [
      ([], []), (["avx2", "fma"], []), (["avx512f", "avx2", "fma"], ["avx512f"]),
      (["av"], ["av"]), (["neon", "sve"], ["neon", "sve"]),
    ] as [([String], [String])])
  func theFirstFlagsLineDecides(required: [String], missing: [String]) {
    #expect(CPUCheck.missing(of: required, in: Self.cpuinfo) == missing)
  }

  @Test func aBareListOfUpperCaseWordsWorksToo() {
    let list = "FPU FMA AVX1.0 RDWRFSGS AVX2"
    #expect(CPUCheck.missing(of: ["avx2", "fma", "avx512f"], in: list) == ["avx512f"])
  }

  @Test func whatConcernsVectorsIsPickedInTheSystemsOrder() {
    #expect(CPUCheck.vectorFeatures(in: Self.cpuinfo) == ["fma", "avx", "avx2"])
    let arm = "processor\t: 0\nFeatures\t: fp asimd aes sve bf16\n"
    #expect(CPUCheck.vectorFeatures(in: arm) == ["asimd", "sve", "bf16"])
    #expect(CPUCheck.vectorFeatures(in: "").isEmpty)
  }

  @Test func thisMachineRunsWhatWasBuiltOnIt() {
    #expect(throws: Never.self) { try CPUCheck.run() }
  }

  @Test func theErrorNamesTheFeatureAndTheWayOut() {
    let line = "\(UnsupportedCPU(missing: ["avx512f", "fma"]))"
    #expect(line.contains("lacks avx512f, fma") && line.contains("rebuild"))
  }
}
