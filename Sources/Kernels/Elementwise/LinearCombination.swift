// Linear combinations of images, clipping, distances and inner products, for the diffusion process.

/// y = a·x + b·z; y may be x or z.
///
/// The tail runs in a whole vector too, so an image's bytes do not depend on where it lies in a batch.
package func combine(_ a: Double, _ x: Floats, _ b: Double, _ z: Floats, into y: Floats) {
  x.require([y.count], "x")
  z.require([y.count], "z")
  let (first, second) = (Vector(repeating: Float(a)), Vector(repeating: Float(b)))
  for i in stride(from: 0, to: y.count, by: Vector.width) {
    let value = (second * Vector(at: z.base + i)).adding(first, times: Vector(at: x.base + i))
    value.store(first: y.count - i, at: y.base + i)
  }
}

/// Clips the values of x to ±bound.
///
/// - Returns: how many lay outside; not-a-numbers stay, uncounted.
package func clamp(_ x: Floats, to bound: Double) -> Int {
  let (low, high) = (Vector(repeating: Float(-bound)), Vector(repeating: Float(bound)))
  var outside = 0
  for i in stride(from: 0, to: x.count, by: Vector.width) {
    let value = Vector(at: x.base + i)
    let (below, above) = (value .< low, value .> high)
    let clamped = value.replacing(with: low, where: below).replacing(with: high, where: above)
    clamped.store(first: x.count - i, at: x.base + i)
    let cut = below .| above
    guard any(cut) else { continue }
    for k in 0..<min(Vector.width, x.count - i) where cut[k] { outside += 1 }
  }
  return outside
}

/// Σ (x - y)², summed in double precision.
package func sumOfSquaredDifferences(_ x: Floats, _ y: Floats) -> Double {
  y.require([x.count], "y")
  var sum = 0.0
  for i in 0..<x.count {
    let difference = Double(x.base[i]) - Double(y.base[i])
    sum += difference * difference
  }
  return sum
}

/// Σ x·y, summed in double precision.
package func dotProduct(_ x: Floats, _ y: Floats) -> Double {
  y.require([x.count], "y")
  var sum = 0.0
  for i in 0..<x.count { sum += Double(x.base[i]) * Double(y.base[i]) }
  return sum
}
