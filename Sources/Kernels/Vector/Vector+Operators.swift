// The operators of a vector with a number, and those that change a vector in place.

extension Vector {
  @_transparent static func + (a: Vector, b: Float) -> Vector { a + Vector(repeating: b) }
  @_transparent static func + (a: Float, b: Vector) -> Vector { Vector(repeating: a) + b }
  @_transparent static func - (a: Vector, b: Float) -> Vector { a - Vector(repeating: b) }
  @_transparent static func - (a: Float, b: Vector) -> Vector { Vector(repeating: a) - b }
  @_transparent static func * (a: Vector, b: Float) -> Vector { a * Vector(repeating: b) }
  @_transparent static func * (a: Float, b: Vector) -> Vector { Vector(repeating: a) * b }
  @_transparent static func / (a: Float, b: Vector) -> Vector { Vector(repeating: a) / b }
  @_transparent static func / (a: Vector, b: Float) -> Vector { a / Vector(repeating: b) }
  @_transparent static func += (a: inout Vector, b: Vector) { a = a + b }
  @_transparent static func -= (a: inout Vector, b: Vector) { a = a - b }
  @_transparent static func *= (a: inout Vector, b: Vector) { a = a * b }
  @_transparent static func *= (a: inout Vector, b: Float) { a = a * b }
}
