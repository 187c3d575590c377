// Blocks: linear combinations of any number of terms, also into one of their own.

import Diffusion
import Kernels
import TestSupport
import Testing

@Suite struct BlockTests {
  private let memory = [[1, 2, 3], [10, 20, 30], [0.5, 0.25, 0.125]].map {
    FloatMemory($0.map { Float($0) })
  }
  private var blocks: [Block] { memory.map { Block($0.all) } }

  @Test func aSumOfOneTwoAndThreeTermsIsComputed() {
    let (a, b, c) = (blocks[0], blocks[1], blocks[2])
    let target = FloatMemory(count: 3)
    let block = Block(target.all)
    block.set(2 * a)
    #expect(block.values == [2, 4, 6])
    block.set(2 * a - 0.5 * b)
    #expect(block.values == [-3, -6, -9])
    block.set(2 * a - 0.5 * b + 8 * c)
    #expect(block.values == [1, -4, -8])
    block.set(2 * (1 * a + 1 * b) - 4 * c)
    #expect(block.values == [20, 43, 65.5])
    withExtendedLifetime(target) {}
  }

  /// Whatever is read later must not be overwritten before.
  @Test(arguments: [0, 1, 2, 3]) func theTargetMayBeAnyOfTheTerms(place: Int) {
    let (a, b, c) = (blocks[0], blocks[1], blocks[2])
    let own = FloatMemory([100, 200, 300])
    let x = Block(own.all)
    let others = [1 * a, 1 * b, 1 * c]
    var terms = others
    terms.insert(1 * x, at: place)
    x.set(terms.dropFirst().reduce(terms[0]) { $0 + $1 })
    #expect(x.values == [111.5, 222.25, 333.125])
    withExtendedLifetime(own) {}
  }

  @Test func theTargetMayBeATermTwice() {
    let own = FloatMemory([100, 200, 300])
    let x = Block(own.all)
    x.set(1 * x + 1 * blocks[0] + 0.5 * x)
    #expect(x.values == [151, 302, 453])
    withExtendedLifetime(own) {}
  }

  @Test func valuesAreCopiedInAndOut() {
    blocks[0].set([7, 8, 9])
    #expect(blocks[0].values == [7, 8, 9] && blocks[0][2] == 9 && blocks[0].count == 3)
    #expect(blocks[0].squaredDistance(to: blocks[1]) == 9 + 144 + 441)
  }
}
