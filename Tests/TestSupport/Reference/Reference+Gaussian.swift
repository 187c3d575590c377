// Standard normal numbers from the cipher's words, one pair at a time.

import Foundation
import Kernels

extension Reference {
  /// Box & Muller 1958: words 2p and 2p + 1 become √(-2 ln u)·(cos 2πv, sin 2πv), with u the first
  /// word in (0, 1] and v the second's upper 24 bits in [0, 1).
  ///
  /// u is the kernel's Float: near 1 it is coarse, and another u another radius altogether.
  package static func normals(_ random: Philox, item: UInt32, time: UInt32, count: Int) -> [Double]
  {
    let pairs = (0..<(count + 1) / 2).map { pair in
      let block = random.block(item: item, time: time, index: UInt32(pair / 2))
      let (first, second) = (block[pair % 2 * 2], block[pair % 2 * 2 + 1])
      let radius = (-2 * log(Double((Float(first) + 0.5) * 0x1p-32))).squareRoot()
      let angle = 2 * Double.pi * Double(second >> 8) * 0x1p-24
      return [radius * cos(angle), radius * sin(angle)]
    }
    return Array(pairs.joined().prefix(count))
  }
}
