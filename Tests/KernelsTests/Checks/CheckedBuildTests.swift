// What builds made with DDPM_CHECKED=1 stop: operands that are too short, and accesses outside of memory.

import Kernels
import Testing

@Suite(.enabled(if: isChecked, "only builds made with DDPM_CHECKED=1 compare extents"))
struct CheckedBuildTests {
  @Test(arguments: CheckedCall.all.indices)
  func operandsThatAreLongEnoughPass(call: Int) { CheckedCall.all[call].run() }

  @Test(
    arguments: CheckedCall.all.indices.flatMap { call in
      CheckedCall.all[call].counts.indices.map { [call, $0] }
    })
  func anOperandThatIsOneFloatTooShortStopsTheCall(place: [Int]) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [place] in
      CheckedCall.all[place[0]].run(short: place[1])
    }
    let call = CheckedCall.all[place[0]]
    #expect(message(result).contains("Kernels: "), "\(call.name), operand \(place[1])")
  }

  @Test func aProductNamesItsOperandAndBothExtents() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let (x, y) = (FloatMemory(count: 12), FloatMemory(count: 100))
      addProduct(x.all, rows: 3, inputs: 5, weights: y.all, to: y.all, outputs: 2)
    }
    #expect(
      message(result).contains(
        "Kernels: a product: the left operand: floats 0...14 of 12 (3 by 5, 5 by 1)"))
  }

  @Test(arguments: [-1500, 120])
  func whatIsFarOutsideOfAMemoryIsNotTouched(place: Int) async {
    await #expect(processExitsWith: .failure) { [place] in
      let memory = FloatMemory(count: 40)
      withExtendedLifetime(memory) { memory.all.base[place] = 1 }
    }
  }

  @Test(arguments: [-1, 40, 103])
  func aWriteBesideAMemoryIsNoticedWhenItIsFreed(place: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [place] in
      let memory = FloatMemory(count: 40)
      withExtendedLifetime(memory) { memory.all.base[place] = 1 }
    }
    #expect(message(result).contains("a write to byte \(4 * place)"), "\(message(result))")
  }

  @Test func whatIsReadBesideAMemoryIsNotANumber() {
    let memory = FloatMemory(count: 40)
    withExtendedLifetime(memory) {
      #expect(memory.all.base[-1].isNaN && memory.all.base[40].isNaN)
    }
  }

  @Test func freedMemoryIsNotTouched() async {
    await #expect(processExitsWith: .failure) {
      let floats = FloatMemory(count: 1000).all
      floats.fill(1)
    }
  }

  private func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }
}
