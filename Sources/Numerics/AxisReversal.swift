// Reverses the axes of a three-dimensional array, to convert weights between files and kernels.

package import Kernels

/// target[c, b, a] = source[a, b, c].
package func reverseAxes(_ source: Floats, _ a: Int, _ b: Int, _ c: Int, into target: Floats) {
  for i in 0..<a {
    for j in 0..<b {
      for k in 0..<c { target[(k * b + j) * a + i] = source[(i * b + j) * c + k] }
    }
  }
}
