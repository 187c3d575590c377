// SiLU and its derivative, alone and as the last part of a fused kernel.

/// What follows a normalisation in the same pass over memory.
package enum Activation: Sendable {
  case identity
  /// x·σ(x), Elfwing et al. 2018.
  case silu
}

extension VectorPack {
  /// silu(x) = x·σ(x).
  @inline(__always) var silu: Self { zip(sigmoid) { $0 * $1 } }

  /// silu'(x) = σ(x)·(1 + x·(1 - σ(x))).
  @inline(__always) var siluSlope: Self { siluSlope(sigmoid) }

  /// The same, given σ(x).
  @inline(__always) func siluSlope(_ sigmoid: Self) -> Self {
    zip(sigmoid) { x, s in s * Vector(repeating: 1).adding(x, times: 1 - s) }
  }
}

/// y = silu(x) for `count` floats.
package func siluForward(_ x: Floats, into y: Floats, count: Int) {
  x.require([count], "x")
  y.require([count], "y")
  vectorized(count) { i, n in
    Vector(at: x.base + i).silu.store(first: n, at: y.base + i)
  }
}

/// dx = silu'(x)·dy, or added to what dx holds.
package func siluBackward(
  _ x: Floats, dy: Floats, into dx: Floats, _ accumulation: Accumulation, count: Int
) {
  x.require([count], "x")
  dy.require([count], "dy")
  dx.require([count], "dx")
  vectorized(count) { i, n in
    let slope = Vector(at: x.base + i).siluSlope * Vector(at: dy.base + i)
    accumulation.start(at: dx.base + i).adding(1, times: slope).store(first: n, at: dx.base + i)
  }
}
