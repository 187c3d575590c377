// Operations without parameters, for random graphs.

import Autograd

extension GraphBuilder {
  mutating func addFlattening() {
    let x = image { $0.count <= 64 }
    add("flattened", Shape(channels: shapes[x].count), [x]) { x, tape in
      tape.affine(x[0].flattened, scale: 0.5)
    }
  }

  mutating func addFunction() {
    let x = image()
    if random.happens(0.5) {
      add("silu", shapes[x], [x]) { x, tape in tape.silu(x[0]) }
    } else {
      add("affine", shapes[x], [x]) { x, tape in tape.affine(x[0], scale: -0.75, offset: 0.1) }
    }
  }

  mutating func addSum() {
    let x = image()
    let shape = shapes[x]
    let y = image { $0 == shape }
    add("sum", shape, [x, y]) { x, tape in tape.add(x[0], x[1]) }
  }

  /// Of an eighth of the values: differences need waves that are long to a step.
  mutating func addFourierFeatures() {
    let x = image { $0.channels <= 8 }
    let result = Shape(
      height: shapes[x].height, width: shapes[x].width, channels: 3 * shapes[x].channels)
    add("Fourier features", result, [x]) { x, tape in
      tape.fourierFeatures(tape.affine(x[0], scale: 0.125), exponents: [1])
    }
  }

  mutating func addCrossEntropy() {
    let x = vector(random.pick([4, 8]))
    add("cross-entropy", Shape(channels: 1), [x, GraphBuilder.classes]) { x, tape in
      tape.crossEntropy(x[0], labels: x[1])
    }
  }
}
