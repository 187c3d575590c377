// Functions of vectors applied to arrays.

import Kernels

/// `function` of every number, a whole vector at a time and each vector full.
func map(_ values: [Float], _ function: (Vector) -> Vector) -> [Float] {
  var results: [Float] = []
  for start in stride(from: 0, to: values.count, by: Vector.scalarCount) {
    var vector = Vector()
    for i in 0..<Vector.scalarCount { vector[i] = values[min(start + i, values.count - 1)] }
    let result = function(vector)
    results += (0..<Vector.scalarCount).map { result[$0] }
  }
  return Array(results.prefix(values.count))
}

/// Channel counts below, at, between and above the widths of one and two vectors.
let awkwardChannels = [1, 3, 7, 8, 12, 16, 17, 31, 33, 48]
