// Work that takes more memory than there is, refused before it begins.

import Diffusion

extension MemoryEstimate {
  /// Makes sure that the machine has so much.
  ///
  /// - Parameters:
  ///   - work: what takes it.
  ///   - wayOut: what to do.
  /// - Throws: `UsageError`.
  func check(for work: String, _ wayOut: String) throws(UsageError) {
    if fits { return }
    let machine = AvailableMemory.text(AvailableMemory.bytes)
    throw UsageError("\(work) takes \(self), and this machine has \(machine): \(wayOut)")
  }
}
