// The class embedding: its result, and its gradient against differences.

import Autograd
import TestSupport
import Testing

/// Two images of one class, one of another class, and a class without images.
private func network() -> Network {
  Network([.varied(Shape(channels: 5)), .given(Shape(channels: 1), [2, 0, 2])]) { layout in
    let table = Embedding("classes", rows: 3, columns: 5, in: &layout)
    return { x, tape in table(x[0], classes: x[1], on: tape) }
  }
}

@Test func embeddingGradientIsTheDifference() {
  checkGradient(network(), images: 3)
}

@Test func theRowOfAnImagesClassIsAdded() {
  let network = network()
  let run = network.record(for: .inference, images: 3)
  run.tape.forward()
  let table = network.parameters[network.parameters.layout.parameters[0]].array
  let x = run.tape[run.inputs[0]].prefix(15)
  for (image, row) in [2, 0, 2].enumerated() {
    for c in 0..<5 {
      #expect(run.result(3)[image * 5 + c] == x[image * 5 + c] + table[row * 5 + c])
    }
  }
}
