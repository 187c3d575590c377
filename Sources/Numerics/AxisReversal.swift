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

/// The values of an array whose first dimension is the fastest, in the order in which the last one is.
///
/// - Parameters:
///   - values: as many as the product of the sizes.
///   - shape: the sizes of the dimensions.
package func lastAxisFastest(_ values: [Float], shape: [Int]) -> [Float] {
  let strides = shape.reduce(into: [1]) { $0.append($0[$0.count - 1] * $1) }
  var index = shape.map { _ in 0 }
  var place = 0
  return values.indices.map { _ in
    defer {
      // The next index, and where its value lies: a dimension that is through begins again.
      for axis in shape.indices.reversed() {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return values[place]
  }
}
