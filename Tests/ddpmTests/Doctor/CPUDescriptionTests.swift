// What is read from the system's list of a CPU's features.

import Testing
import ddpm

@Suite struct CPUDescriptionTests {
  static let cpuinfo = """
    processor\t: 0
    model name\t: A CPU with avx512f in its name
    flags\t\t: fpu sse2 fma avx smep avx2
    flags\t\t: avx512f
    """

  @Test func whatConcernsVectorsIsPickedInTheSystemsOrder() {
    #expect(CPUDescription.vectorFeatures(in: Self.cpuinfo) == ["fma", "avx", "avx2"])
    let arm = "processor\t: 0\nFeatures\t: fp asimd aes sve bf16\n"
    #expect(CPUDescription.vectorFeatures(in: arm) == ["asimd", "sve", "bf16"])
    #expect(CPUDescription.vectorFeatures(in: "").isEmpty)
  }
}
