// Threads that share work.

import Dispatch
import Synchronization

/// A number of threads that share work.
package struct Workers: Sendable {
  package let count: Int

  package init(count: Int) {
    precondition(count > 0, "\(count) workers")
    self.count = count
  }

  /// Runs `body` once per worker, concurrently, and returns when all are done.
  package func run(_ body: @Sendable (_ worker: Int) -> Void) {
    if count == 1 {
      body(0)
    } else {
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
  }

  /// Calls `body` once for each of 0 ..< items; free workers take the next item in order.
  package func each(_ items: Int, _ body: @Sendable (_ item: Int, _ worker: Int) -> Void) {
    let next = Atomic(0)
    Workers(count: max(1, min(count, items))).run { worker in
      while true {
        let item = next.add(1, ordering: .relaxed).oldValue
        if item >= items { return }
        body(item, worker)
      }
    }
  }
}
