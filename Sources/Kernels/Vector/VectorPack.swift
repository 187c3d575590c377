// Functions of one vector or of several at a time, which hides the latency of their operations.

/// One vector, or several with which each operation is done for one after the other, so that none
/// waits for the result of the operation before.
package protocol VectorPack {
  func map(_ transform: (Vector) -> Vector) -> Self
  /// Combines each vector with its counterparts.
  func zip(_ b: Self, _ combine: (Vector, Vector) -> Vector) -> Self
  func zip(_ b: Self, _ c: Self, _ combine: (Vector, Vector, Vector) -> Vector) -> Self
}

extension Vector: VectorPack {
  @inline(__always) package func map(_ transform: (Vector) -> Vector) -> Vector { transform(self) }

  @inline(__always) package func zip(_ b: Vector, _ combine: (Vector, Vector) -> Vector) -> Vector {
    combine(self, b)
  }

  @inline(__always) package func zip(
    _ b: Vector, _ c: Vector, _ combine: (Vector, Vector, Vector) -> Vector
  ) -> Vector { combine(self, b, c) }
}
