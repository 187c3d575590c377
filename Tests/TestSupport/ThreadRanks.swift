// Ranks that are threads of this process, so that any number of them can be tested.

import Autograd
import Foundation
import Ranks

/// A job whose ranks are threads.
package enum ThreadJob {
  /// Does the same work in several ranks.
  ///
  /// - Parameters:
  ///   - count: how many ranks.
  ///   - work: one rank's part.
  /// - Returns: what each returned, in their order.
  package static func run<Value: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (any Communicator) throws -> Value
  ) throws -> [Value] {
    let post = Post()
    let results = Locked<[Int: Result<Value, any Error>]>([:])
    let threads = (0..<count).map { rank in
      let thread = Thread {
        let result = Result { try work(ThreadRank(rank: rank, count: count, post: post)) }
        results.withLock { $0[rank] = result }
        post.finish()
      }
      thread.stackSize = 8 << 20
      return thread
    }
    for thread in threads { thread.start() }
    post.waitForEnds(count)
    return try (0..<count).compactMap { rank in
      try results.withLock { $0[rank] }?.get()
    }
  }
}

/// Where messages wait for their receivers.
private final class Post: @unchecked Sendable {
  private struct Address: Hashable {
    let sender: Int
    let receiver: Int
  }

  private let condition = NSCondition()
  private var messages: [Address: [[UInt8]]] = [:]
  private var ended = 0

  func send(_ bytes: [UInt8], from sender: Int, to receiver: Int) {
    condition.lock()
    messages[Address(sender: sender, receiver: receiver), default: []].append(bytes)
    condition.broadcast()
    condition.unlock()
  }

  func receive(from sender: Int, at receiver: Int) -> [UInt8] {
    let address = Address(sender: sender, receiver: receiver)
    condition.lock()
    defer { condition.unlock() }
    while messages[address]?.isEmpty ?? true { condition.wait() }
    return messages[address]?.removeFirst() ?? []
  }

  func finish() {
    condition.lock()
    ended += 1
    condition.broadcast()
    condition.unlock()
  }

  func waitForEnds(_ count: Int) {
    condition.lock()
    while ended < count { condition.wait() }
    condition.unlock()
  }
}

private struct ThreadRank: Communicator {
  let rank: Int
  let count: Int
  let post: Post

  func exchange(_ bytes: [UInt8], sent: [Int], received: [Int]) -> [UInt8] {
    var start = 0
    for (receiver, count) in sent.enumerated() {
      if count > 0 { post.send(Array(bytes[start..<start + count]), from: rank, to: receiver) }
      start += count
    }
    return received.enumerated().flatMap { sender, count in
      let part = count == 0 ? [] : post.receive(from: sender, at: rank)
      precondition(part.count == count, "\(part.count) bytes for \(count) expected")
      return part
    }
  }
}
