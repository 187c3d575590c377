// What all ranks do together, made of messages between two.

/// Values whose bytes mean the same in every rank, as bytes and back.
extension Array where Element: BitwiseCopyable {
  /// The array's bytes.
  package var rawBytes: [UInt8] { withUnsafeBytes(Array<UInt8>.init) }

  /// The values of bytes; a rest that makes no value is left out.
  package init(rawBytes: [UInt8]) {
    // One copy: an array's storage is aligned for any such value.
    self = rawBytes.withUnsafeBytes { Array($0.bindMemory(to: Element.self)) }
  }
}

extension Communicator {
  /// What rank 0 has, in every rank: down a binary tree of ranks.
  ///
  /// - Parameter values: rank 0's; those of others are not used.
  public func broadcast<Value: BitwiseCopyable>(_ values: [Value]) -> [Value] {
    guard count > 1 else { return values }
    let length = [UInt64](
      rawBytes: spread([UInt64(values.count)].rawBytes, MemoryLayout<UInt64>.size))
    let bytes = Int(length[0]) * MemoryLayout<Value>.stride
    return bytes == 0 ? [] : [Value](rawBytes: spread(values.rawBytes, bytes))
  }

  /// Rank 0's bytes, which all ranks know the number of.
  private func spread(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
    var bytes = bytes
    let none = [Int](repeating: 0, count: count)
    func only(_ other: Int) -> [Int] { none.indices.map { $0 == other ? length : 0 } }
    var reach = 1
    while reach < count {
      // Ranks below `reach` have the bytes; each hands them to the one `reach` above it.
      if rank < reach {
        let next = rank + reach
        if next < count { _ = exchange(bytes, sent: only(next), received: none) }
      } else if rank < 2 * reach {
        bytes = exchange([], sent: none, received: only(rank - reach))
      }
      reach *= 2
    }
    return bytes
  }

  /// Sends every rank a part of its own, and receives one from each.
  ///
  /// - Parameters:
  ///   - parts: what each rank is to get.
  ///   - counts: how many values each rank sends to this one.
  /// - Returns: what each rank sent.
  public func exchangeParts<Value: BitwiseCopyable>(
    _ parts: [[Value]], counts: [Int]
  ) -> [[Value]] {
    precondition(
      parts.count == count && counts.count == count,
      "\(parts.count) parts and \(counts.count) counts for \(count) ranks")
    let size = MemoryLayout<Value>.stride
    let received = [Value](
      rawBytes: exchange(
        parts.flatMap(\.self).rawBytes, sent: parts.map { $0.count * size },
        received: counts.map { $0 * size }))
    var end = 0
    return counts.map { count in
      end += count
      return Array(received[end - count..<end])
    }
  }

  /// What all ranks have, one after the other, in every rank.
  ///
  /// - Parameters:
  ///   - values: this rank's.
  ///   - counts: how many each rank has.
  public func gather<Value: BitwiseCopyable>(_ values: [Value], counts: [Int]) -> [Value] {
    guard count > 1 else { return values }
    return exchangeParts([[Value]](repeating: values, count: count), counts: counts)
      .flatMap(\.self)
  }

  /// The same of what each rank has for its share of some items, as many values for each.
  public func gather<Value: BitwiseCopyable>(
    _ values: [Value], shareOf items: Int, valuesPerItem: Int = 1
  ) -> [Value] {
    gather(
      values, counts: (0..<count).map { share(of: items, rank: $0).count * valuesPerItem })
  }

  /// The texts of all ranks, in every rank.
  public func gather(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    let lengths = gather([bytes.count], counts: Array(repeating: 1, count: count))
    return exchangeParts([[UInt8]](repeating: bytes, count: count), counts: lengths)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
