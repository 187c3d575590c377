// One of two values at every place.

/// y = a where the mask is above one half, else b.
///
/// - Parameters: all four are equally long; `y` may be `a` or `b`.
package func select(_ mask: Floats, _ a: Floats, _ b: Floats, into y: Floats) {
  mask.require([y.count], "the mask")
  a.require([y.count], "a")
  b.require([y.count], "b")
  let half = Vector(repeating: 0.5)
  for i in stride(from: 0, to: y.count, by: Vector.width) {
    let isFirst = Vector(at: mask.base + i) .> half
    Vector(at: b.base + i).replacing(with: Vector(at: a.base + i), where: isFirst)
      .store(first: y.count - i, at: y.base + i)
  }
}
