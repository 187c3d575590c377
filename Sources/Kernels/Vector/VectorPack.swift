// Elementwise functions of one vector or of several at once, which hides the latency of operations.

/// One vector, or several that go through each operation together, so that none waits for the
/// result of its previous operation.
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
