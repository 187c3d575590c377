// Sets of vectors to be compared pair by pair: images as bytes, features as floats.

/// `count` vectors of `dimension` numbers.
package struct Vectors: Sendable {
  /// The numbers, vector by vector.
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

  /// Writes a vector to every `step`-th float of a target and returns its squared norm.
  func copy(_ place: Int, to target: UnsafeMutablePointer<Float>, step: Int) -> Float {
    let first = place * dimension
    var norm = 0.0
    func put(_ value: Float, _ i: Int) {
      target[i * step] = value
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

  /// Σ (a - b)² of a vector and one of another set, without the cancellation that inner products
  /// suffer from.
  package func squaredDistance(_ place: Int, to other: Vectors, _ otherPlace: Int) -> Double {
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

/// Vectors laid out to be multiplied with others: [count, dimension], with their squared norms.
package final class VectorRows: Sendable {
  package let count: Int
  package let dimension: Int
  private let memory: FloatMemory
  private let normMemory: FloatMemory

  package init(_ vectors: Vectors) {
    (count, dimension) = (vectors.count, vectors.dimension)
    memory = FloatMemory(count: count * dimension)
    normMemory = FloatMemory(count: count)
    for i in 0..<count {
      normMemory.all[i] = vectors.copy(i, to: memory.all.base + i * dimension, step: 1)
    }
  }

  func row(_ place: Int) -> UnsafePointer<Float> {
    UnsafePointer(memory.all.base + place * dimension)
  }

  /// Σ x² of a vector.
  package func squaredNorm(_ place: Int) -> Float { normMemory.all[place] }
}
