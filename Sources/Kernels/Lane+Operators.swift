// The operators of a vector with a number, and those that change a vector in place.

extension Lane {
  @_transparent static func + (a: Lane, b: Float) -> Lane { a + Lane(repeating: b) }
  @_transparent static func + (a: Float, b: Lane) -> Lane { Lane(repeating: a) + b }
  @_transparent static func - (a: Lane, b: Float) -> Lane { a - Lane(repeating: b) }
  @_transparent static func - (a: Float, b: Lane) -> Lane { Lane(repeating: a) - b }
  @_transparent static func * (a: Lane, b: Float) -> Lane { a * Lane(repeating: b) }
  @_transparent static func * (a: Float, b: Lane) -> Lane { Lane(repeating: a) * b }
  @_transparent static func / (a: Float, b: Lane) -> Lane { Lane(repeating: a) / b }
  @_transparent static func / (a: Lane, b: Float) -> Lane { a / Lane(repeating: b) }
  @_transparent static func += (a: inout Lane, b: Lane) { a = a + b }
  @_transparent static func -= (a: inout Lane, b: Lane) { a = a - b }
  @_transparent static func *= (a: inout Lane, b: Lane) { a = a * b }
  @_transparent static func *= (a: inout Lane, b: Float) { a = a * b }
}
