// The processes that share one job, and how they talk.

/// The ranks of a job, of which this process is one. All of them call the same operations in the same order.
public protocol Communicator: Sendable {
  /// This process's number, from 0.
  var rank: Int { get }
  /// How many processes there are.
  var count: Int { get }

  /// Sends bytes to one rank while it receives some from another.
  ///
  /// - Parameters:
  ///   - bytes: what is sent.
  ///   - receiver: to whom; nil for nobody.
  ///   - sender: who sends to this rank; nil for nobody.
  ///   - count: how many bytes that are.
  /// - Returns: the bytes received; none from nobody.
  func exchange(
    _ bytes: [UInt8], to receiver: Int?, from sender: Int?, count: Int
  ) -> [UInt8]
}

/// A job of one process.
public struct OneRank: Communicator {
  /// The only rank.
  public let rank = 0
  /// One.
  public let count = 1

  /// A job of one process.
  public init() {}

  /// There is nobody to talk to.
  public func exchange(
    _ bytes: [UInt8], to receiver: Int?, from sender: Int?, count: Int
  ) -> [UInt8] {
    precondition(receiver == nil && sender == nil, "a message in a job of one process")
    return []
  }
}

extension Communicator {
  /// Whether this is rank 0, which alone writes files and speaks to the user.
  public var isFirst: Bool { rank == 0 }

  /// Which of some items are a rank's: all ranks have as many, but for one.
  ///
  /// - Parameters:
  ///   - items: how many there are.
  ///   - rank: whose; nil is this one.
  public func share(of items: Int, rank: Int? = nil) -> Range<Int> {
    let rank = rank ?? self.rank
    return items * rank / count..<items * (rank + 1) / count
  }
}
