// Every item of work is handled once.

import Autograd
import Testing

@Test(arguments: [1, 2, 5], [0, 1, 2, 100])
func everyItemIsHandledOnceByAWorkerThereIs(workers: Int, items: Int) {
  let handled = Locked([Int](repeating: 0, count: items))
  Workers(count: workers).each(items) { item, worker in
    #expect(worker >= 0 && worker < workers)
    handled.withLock { $0[item] += 1 }
  }
  #expect(handled.withLock { $0 } == [Int](repeating: 1, count: items))
}

@Test(arguments: [1, 2, 5])
func runCallsEveryWorkerOnce(count: Int) {
  let called = Locked<[Int]>([])
  Workers(count: count).run { worker in called.withLock { $0.append(worker) } }
  #expect(called.withLock { $0.sorted() } == Array(0..<count))
}
