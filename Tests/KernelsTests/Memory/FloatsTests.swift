// Float memory and views of it.

import Kernels
import Testing

@Test func memoryStartsAsZeros() {
  let memory = FloatMemory(count: 100)
  #expect(memory.all.array == [Float](repeating: 0, count: 100))
}

@Test func aSliceIsAViewOfItsMemory() {
  let memory = FloatMemory(count: 10)
  let slice = memory.all.slice(3, 4)
  slice.fill(2)
  slice[0] = 1
  #expect(memory.all.array == [0, 0, 0, 1, 2, 2, 2, 0, 0, 0])
  #expect(slice.prefix(2) == [1, 2])
}

@Test func copyingReplacesTheFront() {
  let (source, target) = (FloatMemory(count: 2), FloatMemory(count: 3))
  source.all.copy(from: [1, 2])
  target.all.fill(9)
  target.all.copy(from: source.all)
  #expect(target.all.array == [1, 2, 9])
  target.all.copy(from: [] as [Float])
  #expect(target.all.array == [1, 2, 9])
}

@Test(arguments: [(0, 0), (1, 16), (16, 16), (17, 32), (32, 32)])
func alignedCountsAreWholeCacheLines(count: Int, aligned: Int) {
  #expect(FloatMemory.aligned(count) == aligned)
}
