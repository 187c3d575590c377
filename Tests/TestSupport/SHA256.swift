// SHA-256 (FIPS 180-4), for comparing what was read with recorded sums.

import Foundation

/// The hash by its definition.
package enum SHA256 {
  /// The hash in hexadecimal.
  package static func hex(_ bytes: [UInt8]) -> String {
    var message = bytes + [0x80]
    message += [UInt8](repeating: 0, count: (120 - message.count % 64) % 64)
    message += (0..<8).map { UInt8(truncatingIfNeeded: (bytes.count * 8) >> (56 - 8 * $0)) }
    var hash = roots(of: primes.prefix(8), power: 1.0 / 2)
    for start in stride(from: 0, to: message.count, by: 64) {
      compress(message[start..<start + 64], into: &hash)
    }
    return hash.map { String(format: "%08x", $0) }.joined()
  }

  private static func compress(_ block: ArraySlice<UInt8>, into hash: inout [UInt32]) {
    var w = stride(from: block.startIndex, to: block.endIndex, by: 4).map { i in
      block[i..<i + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for i in 16..<64 {
      let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3
      let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10
      w.append(w[i - 16] &+ s0 &+ w[i - 7] &+ s1)
    }
    var v = hash
    for i in 0..<64 {
      let s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)
      let choice = v[4] & v[5] ^ ~v[4] & v[6]
      let t1 = v[7] &+ s1 &+ choice &+ constants[i] &+ w[i]
      let s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)
      let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
      v = [t1 &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
    }
    for i in 0..<8 { hash[i] &+= v[i] }
  }

  private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

  private static let primes = (2...311).filter { n in (2..<n).allSatisfy { n % $0 != 0 } }
  private static let constants = roots(of: primes[...], power: 1.0 / 3)

  /// The first 32 bits of the roots' fractional parts.
  private static func roots(of primes: ArraySlice<Int>, power: Double) -> [UInt32] {
    primes.map { prime in
      let root = pow(Double(prime), power)
      return UInt32((root - root.rounded(.down)) * 4_294_967_296)
    }
  }
}
