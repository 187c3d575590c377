// One of two values at every place, at awkward sizes and without touching what lies beside.

import Kernels
import TestSupport
import Testing

@Suite struct SelectionTests {
  @Test(arguments: [1, 7, 8, 15, 16, 17, 33, 100]) func eachPlaceHasOneOfTheTwo(count: Int) {
    let mask = (0..<count).map { Float($0 % 3 == 0 ? 1 : 0) }
    let (a, b) = ((0..<count).map { Float($0) }, (0..<count).map { -Float($0) - 0.5 })
    let (m, x, y) = (FloatMemory(mask), FloatMemory(a), FloatMemory(b))
    let expected = (0..<count).map { mask[$0] == 1 ? a[$0] : b[$0] }
    let result = FloatMemory(Array(repeating: 9, count: count + 40))
    withExtendedLifetime((m, x, y, result)) {
      select(m.all, x.all, y.all, into: result.all.slice(0, count))
      #expect(Array(result.all.array[..<count]) == expected)
      #expect(result.all.array[count...].allSatisfy { $0 == 9 })
      select(m.all, x.all, y.all, into: x.all)
      #expect(x.all.array == expected)
    }
  }
}
