// The processes that share one job, and how they talk.

/// The ranks of a job, of which this process is one.
///
/// All of them call `broadcast`, `gather` and `exchangeParts` in the same order; each of these is made of
/// messages between two ranks.
public protocol Communicator: Sendable {
  /// This process's number, from 0.
  var rank: Int { get }
  /// How many processes there are.
  var count: Int { get }

  /// Sends every rank some bytes and receives some from each, all at a time.
  ///
  /// Only ranks that send to one another, or receive, need to call it: it is no barrier.
  /// One thread of a process at a time calls it, not always the same one.
  ///
  /// - Parameters:
  ///   - bytes: what all ranks are sent, one after the other.
  ///   - sent: how many of them each rank is sent; none is no message.
  ///   - received: how many bytes come from each rank.
  /// - Returns: the bytes received, in the order of their ranks.
  func exchange(_ bytes: [UInt8], sent: [Int], received: [Int]) -> [UInt8]
}

/// A job of one process.
public struct OneRank: Communicator {
  /// The only rank.
  public let rank = 0
  /// One.
  public let count = 1

  /// A job of one process.
  public init() {}

  /// What this process sends itself.
  public func exchange(_ bytes: [UInt8], sent: [Int], received: [Int]) -> [UInt8] { bytes }
}

extension Communicator {
  /// Whether this is rank 0, which alone writes files and speaks to the user.
  public var isFirst: Bool { rank == 0 }

  /// Which of some items are a rank's: all ranks have as many, or one more.
  ///
  /// - Parameters:
  ///   - items: how many there are.
  ///   - rank: whose; nil is this one.
  public func share(of items: Int, rank: Int? = nil) -> Range<Int> {
    let rank = rank ?? self.rank
    return items * rank / count..<items * (rank + 1) / count
  }
}
