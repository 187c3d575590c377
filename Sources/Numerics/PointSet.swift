// Sets of points between which distances are computed: images as bytes, features as floats.

internal import Kernels

/// `count` points of `dimension` coordinates.
package struct PointSet: Sendable {
  /// The coordinates, point by point.
  package enum Values: Sendable {
    case floats([Float])
    /// Pixels p that stand for p/255.
    case bytes([UInt8])
  }

  package let values: Values
  package let dimension: Int
  package let count: Int

  package init(_ values: Values, dimension: Int) {
    (self.values, self.dimension) = (values, dimension)
    switch values {
    case .floats(let numbers): count = numbers.count / dimension
    case .bytes(let numbers): count = numbers.count / dimension
    }
  }

  /// Writes a point to every `step`-th float of a target, from `start` on, and returns its squared norm.
  func copy(_ place: Int, to target: Floats, from start: Int, step: Int) -> Float {
    let first = place * dimension
    var norm = 0.0
    func put(_ value: Float, _ i: Int) {
      target[start + i * step] = value
      norm += Double(value) * Double(value)
    }
    switch values {
    case .floats(let numbers):
      for i in 0..<dimension { put(numbers[first + i], i) }
    case .bytes(let numbers):
      for i in 0..<dimension { put(Float(numbers[first + i]) * (1 / 255), i) }
    }
    return Float(norm)
  }

  /// The squared distance from a point to one of another set, summed from differences: |a|² + |b|² -
  /// 2·a·b would cancel where points are close.
  package func squaredDistance(_ place: Int, to other: PointSet, _ otherPlace: Int) -> Double {
    var sum = 0.0
    for i in 0..<dimension {
      let difference = self[place * dimension + i] - other[otherPlace * dimension + i]
      sum += difference * difference
    }
    return sum
  }

  private subscript(index: Int) -> Double {
    switch values {
    case .floats(let numbers): Double(numbers[index])
    case .bytes(let numbers): Double(numbers[index]) / 255
    }
  }
}

/// Points as rows of a matrix, [count, dimension], with their squared norms.
package final class PackedPoints: Sendable {
  package let count: Int
  package let dimension: Int
  private let memory: FloatMemory
  private let normMemory: FloatMemory

  package init(_ points: PointSet) {
    (count, dimension) = (points.count, points.dimension)
    memory = FloatMemory(count: count * dimension)
    normMemory = FloatMemory(count: count)
    for i in 0..<count {
      normMemory.all[i] = points.copy(i, to: memory.all, from: i * dimension, step: 1)
    }
  }

  /// The points from one on, [count - place, dimension].
  func rows(from place: Int) -> Floats {
    memory.all.slice(place * dimension, (count - place) * dimension)
  }

  /// |x|² of a point.
  package func squaredNorm(_ place: Int) -> Float { normMemory.all[place] }
}
