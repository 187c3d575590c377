// Gradients of dense layers against differences.

import Autograd
import TestSupport
import Testing

@Test func denseGradientIsTheDifference() {
  checkGradient(
    Network(Shape(height: 3, width: 2, channels: 5)) { layout in
      let dense = Dense("dense", inputs: 5, outputs: 7, in: &layout)
      return { x, tape in dense(x[0], on: tape) }
    })
}

@Test func denseGradientOfTheResidualIsTheDifference() {
  checkGradient(
    Network(Shape(height: 3, width: 2, channels: 5), Shape(height: 3, width: 2, channels: 7)) {
      layout in
      let dense = Dense("dense", inputs: 5, outputs: 7, in: &layout)
      return { x, tape in dense(x[0], residual: x[1], on: tape) }
    })
}
