// Philox against its known answers.

import Kernels
import Testing

/// The known answers of Random123 (kat_vectors) for philox4x32 with 10 rounds.
private let answers: [(counter: SIMD4<UInt32>, key: (UInt32, UInt32), words: SIMD4<UInt32>)] = [
  (
    SIMD4(repeating: 0), (0, 0),
    SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
  ),
  (
    SIMD4(repeating: .max), (.max, .max),
    SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
  ),
  (
    SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), (0xa409_3822, 0x299f_31d0),
    SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
  ),
]

@Test(arguments: answers.indices)
func theCipherGivesTheKnownAnswers(index: Int) {
  let answer = answers[index]
  #expect(Philox.encrypt(answer.counter, key: answer.key) == answer.words)
}

@Test func seedAndStreamAreKeyAndCounter() {
  let random = Philox(seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344)
  #expect(
    random.block(item: 0x1319_8a2e, time: 0x85a3_08d3, index: 0x243f_6a88) == answers[2].words)
}

@Test func everyPartOfAPlaceChangesTheNumbers() {
  let blocks = [
    Philox(seed: 1, stream: 0).block(item: 0, time: 0, index: 0),
    Philox(seed: 1 << 32, stream: 0).block(item: 0, time: 0, index: 0),
    Philox(seed: 0, stream: 0).block(item: 0, time: 0, index: 0),
    Philox(seed: 0, stream: 1).block(item: 0, time: 0, index: 0),
    Philox(seed: 0, stream: 0).block(item: 1, time: 0, index: 0),
    Philox(seed: 0, stream: 0).block(item: 0, time: 1, index: 0),
    Philox(seed: 0, stream: 0).block(item: 0, time: 0, index: 1),
  ]
  #expect(Set(blocks).count == blocks.count)
}
