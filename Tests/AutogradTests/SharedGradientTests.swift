// Gradients of layers whose residuals share memory or whose weights' gradients are deferred.

import Autograd
import Kernels
import TestSupport
import Testing

/// Residuals of residuals, one that is read again later, one that is also the layer's input, and
/// one layer of each kind.
private func residuals() -> Network {
  Network(Shape(height: 3, width: 4, channels: 8)) { layout in
    let convs = (0..<4).map { Convolution("conv.\($0)", inputs: 8, outputs: 8, in: &layout) }
    let small = Convolution("small", inputs: 8, outputs: 8, side: 1, in: &layout)
    let dense = Dense("dense", inputs: 8, outputs: 8, in: &layout)
    return { x, tape in
      let a = tape.silu(x[0])
      let b = convs[0](tape.silu(a), residual: a, on: tape)
      let c = dense(tape.silu(b), residual: b, on: tape)
      let d = convs[1](c, residual: c, on: tape)
      let e = small(tape.silu(d), residual: d, on: tape)
      let f = convs[2](tape.silu(e), residual: a, on: tape)
      return convs[3](f, residual: e, on: tape)
    }
  }
}

/// Layers after normalizations: one whose row is computed in between, one whose residual is the
/// normalization's input, one whose input has another reader, and two with one input.
private func normalizations() -> Network {
  Network(Shape(height: 3, width: 4, channels: 8), Shape(channels: 16)) { layout in
    let norms = (0..<4).map {
      GroupNorm("norm.\($0)", channels: 8, groups: 2, epsilon: 1e-5, in: &layout)
    }
    let convs = (0..<3).map { Convolution("conv.\($0)", inputs: 8, outputs: 8, in: &layout) }
    let time = Dense("time", inputs: 16, outputs: 8, in: &layout)
    let dense = (0..<2).map { Dense("dense.\($0)", inputs: 8, outputs: 8, in: &layout) }
    return { x, tape in
      let a = tape.silu(x[0])
      let normalized = norms[0](a, activation: .silu, on: tape)
      let row = time(tape.silu(x[1]), on: tape)
      let b = convs[0](normalized, row: row, on: tape)
      let c = convs[1](norms[1](b, activation: .silu, on: tape), residual: b, on: tape)
      let n = norms[2](c, activation: .silu, on: tape)
      let d = convs[2](n, residual: tape.silu(n), on: tape)
      let m = norms[3](d, activation: .identity, on: tape)
      return dense[0](m, residual: dense[1](m, on: tape), on: tape)
    }
  }
}

/// A layer after a normalization, with the result of another normalization as its residual: that
/// one's backward pass comes first and overwrites the gradient of its result.
private func normalizedResiduals() -> Network {
  Network(Shape(height: 3, width: 4, channels: 8)) { layout in
    let norms = (0..<2).map {
      GroupNorm("norm.\($0)", channels: 8, groups: 2, epsilon: 1e-5, in: &layout)
    }
    let conv = Convolution("conv", inputs: 8, outputs: 8, in: &layout)
    let dense = Dense("dense", inputs: 8, outputs: 8, in: &layout)
    return { x, tape in
      let a = norms[0](x[0], activation: .silu, on: tape)
      let b = norms[1](x[0], activation: .silu, on: tape)
      let c = dense(a, residual: b, on: tape)
      return tape.affine(conv(a, residual: c, on: tape), scale: 2)
    }
  }
}

/// A layer whose weights' gradients are deferred while two residuals share its result's gradient,
/// the second of which has another reader in between.
private func residualsOfResiduals() -> Network {
  Network(Shape(height: 3, width: 4, channels: 8)) { layout in
    let norm = GroupNorm("norm", channels: 8, groups: 2, epsilon: 1e-5, in: &layout)
    let convs = (0..<2).map { Convolution("conv.\($0)", inputs: 8, outputs: 8, in: &layout) }
    return { x, tape in
      let n = norm(x[0], activation: .silu, on: tape)
      let a = tape.silu(x[0])
      let b = convs[0](tape.silu(a), residual: a, on: tape)
      return tape.affine(convs[1](n, residual: b, on: tape), scale: 2)
    }
  }
}

@Test func gradientsOfNormalizedResidualsAreTheDifferences() {
  checkGradient(normalizedResiduals())
}

@Test func gradientsOfResidualsOfResidualsAreTheDifferences() {
  checkGradient(residualsOfResiduals())
}

@Test func gradientsOfLayersBehindNormalizationsAreTheDifferences() {
  checkGradient(normalizations())
}

@Test func gradientsOfResidualsAreTheDifferences() {
  checkGradient(residuals())
}
