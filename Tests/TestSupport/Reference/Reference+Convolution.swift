// Convolution and its gradients, tap by tap.

import Kernels

extension Reference {
  /// Calls `body` with the indices of every product of a convolution: in the image, in the filter
  /// [side, side, I, O] and in the result.
  private static func forEachTap(
    _ shape: ConvolutionShape, _ body: (_ x: Int, _ weight: Int, _ y: Int) -> Void
  ) {
    for row in 0..<shape.outputHeight {
      for column in 0..<shape.outputWidth {
        for tapRow in 0..<shape.side {
          for tapColumn in 0..<shape.side {
            let h = row * shape.stride + tapRow - shape.before
            let w = column * shape.stride + tapColumn - shape.before
            guard (0..<shape.height).contains(h), (0..<shape.width).contains(w) else { continue }
            for i in 0..<shape.inputs {
              for o in 0..<shape.outputs {
                body(
                  (h * shape.width + w) * shape.inputs + i,
                  ((tapRow * shape.side + tapColumn) * shape.inputs + i) * shape.outputs + o,
                  (row * shape.outputWidth + column) * shape.outputs + o)
              }
            }
          }
        }
      }
    }
  }

  /// w * x + bias for one image.
  package static func convolution(
    _ shape: ConvolutionShape, _ x: [Double], weights: [Double], bias: [Double]
  ) -> [Double] {
    var y = (0..<shape.outputCount).map { bias[$0 % shape.outputs] }
    forEachTap(shape) { y[$2] += x[$0] * weights[$1] }
    return y
  }

  /// The gradients with respect to the image and to the filter.
  package static func convolutionGradients(
    _ shape: ConvolutionShape, _ x: [Double], weights: [Double], dy: [Double]
  ) -> (dx: [Double], dw: [Double]) {
    var dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: weights.count)
    forEachTap(shape) { pixel, weight, result in
      dx[pixel] += dy[result] * weights[weight]
      dw[weight] += dy[result] * x[pixel]
    }
    return (dx, dw)
  }
}
