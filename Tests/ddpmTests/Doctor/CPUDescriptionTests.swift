// What is read from the system's list of a CPU's features.

import Testing
import ddpm

@Suite struct CPUDescriptionTests {
  @Test func whatConcernsVectorsIsPickedInTheSystemsOrder() {
    let list = "flags\t\t: fpu sse2 FMA avx smep avx2"
    #expect(CPUDescription.vectorFeatures(in: list) == ["fma", "avx", "avx2"])
    let arm = "Features\t: fp asimd aes sve bf16\n"
    #expect(CPUDescription.vectorFeatures(in: arm) == ["asimd", "sve", "bf16"])
    #expect(CPUDescription.vectorFeatures(in: "").isEmpty)
  }
}
