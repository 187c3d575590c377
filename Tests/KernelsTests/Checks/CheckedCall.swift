// Calls of kernels with operands that are exactly as long as they have to be.

import Kernels

/// A kernel and how many floats it takes of each operand.
struct CheckedCall: Sendable {
  let name: String
  let counts: [Int]
  private let call: @Sendable (_ operands: [Floats]) -> Void

  init(_ name: String, _ counts: [Int], _ call: @escaping @Sendable (_ operands: [Floats]) -> Void)
  {
    (self.name, self.counts, self.call) = (name, counts, call)
  }

  /// Runs it, with one float too few of one operand if that is named.
  func run(short operand: Int? = nil) {
    let memories = counts.indices.map { FloatMemory(count: counts[$0] - ($0 == operand ? 1 : 0)) }
    withExtendedLifetime(memories) { call(memories.map(\.all)) }
  }

  static let all =
    products + convolutions + winograd + attention + normalizations + resampling + elementwise
    + losses + memory
}

extension CheckedCall {
  private static var products: [CheckedCall] {
    let (rows, inputs, outputs) = (7, 5, 18)
    let (x, y, weights) = (rows * inputs, rows * outputs, inputs * outputs)
    return [
      CheckedCall("productForward", [x, weights, outputs, y, y]) {
        productForward(
          $0[0], rows: rows, inputs: inputs, weights: $0[1], bias: $0[2], residual: .add($0[3]),
          into: $0[4], outputs: outputs)
      },
      CheckedCall("productForward without residual", [x, weights, outputs, y]) {
        productForward(
          $0[0], rows: rows, inputs: inputs, weights: $0[1], bias: $0[2], residual: .none,
          into: $0[3], outputs: outputs)
      },
      CheckedCall("addProduct", [x, weights, y]) {
        addProduct($0[0], rows: rows, inputs: inputs, weights: $0[1], to: $0[2], outputs: outputs)
      },
      CheckedCall("matrixProduct", [x, weights, y]) {
        matrixProduct(
          $0[0], rows: rows, depth: inputs, $0[1], columns: outputs, rowLength: outputs,
          into: $0[2])
      },
      CheckedCall("productInputGradient", [y, weights, rows * 2]) {
        productInputGradient(
          $0[0], rows: rows, outputs: outputs, flipped: $0[1], into: $0[2], inputs: inputs,
          channels: 3..<5, .add)
      },
      CheckedCall("productWeightGradient", [x, y, weights]) {
        productWeightGradient(
          $0[0], dy: $0[1], rows: rows, inputs: inputs, outputs: outputs, addedTo: $0[2])
      },
      CheckedCall("flipWeights", [weights * 9, weights * 9]) {
        flipWeights($0[0], taps: 9, inputs: inputs, outputs: outputs, into: $0[1])
      },
      CheckedCall("columnSums", [y, outputs]) {
        columnSums($0[0], rows: rows, columns: outputs, into: $0[1], .overwrite)
      },
    ]
  }

  private static var convolutions: [CheckedCall] {
    // To one channel by taps, to many directly, and by steps of two pixels.
    [(1, 1), (20, 1), (20, 2)].flatMap { outputs, stride in
      let shape = ConvolutionShape(
        height: 5, width: 6, inputs: 3, outputs: outputs, side: 3, stride: stride, before: 1,
        after: 1)
      let (x, y) = (shape.inputCount, shape.outputCount)
      let name = "to \(outputs) by \(stride)"
      return [
        CheckedCall(
          "convolutionForward \(name)",
          [x, shape.weightCount, outputs, y, y]
        ) {
          let scratch = FloatMemory(count: shape.scratchCount)
          convolutionForward(
            shape, $0[0], weights: $0[1], bias: $0[2], residual: .add($0[3]), into: $0[4],
            scratch: scratch.all)
        },
        CheckedCall("convolutionInputGradient \(name)", [y, shape.weightCount, x]) {
          let scratch = FloatMemory(count: shape.scratchCount)
          convolutionInputGradient(
            shape, dy: $0[0], flipped: $0[1], into: $0[2], .overwrite, scratch: scratch.all)
        },
        CheckedCall("convolutionWeightGradient \(name)", [x, y, shape.weightCount]) {
          let scratch = FloatMemory(count: shape.scratchCount)
          convolutionWeightGradient(
            shape, $0[0], dy: $0[1], addedTo: $0[2], scratch: scratch.all)
        },
      ]
    }
  }

  private static var winograd: [CheckedCall] {
    let shape = WinogradShape(images: 2, height: 6, width: 5, inputs: 3, outputs: 18)
    let pixels = shape.images * shape.height * shape.width
    let (x, y) = (pixels * shape.inputs, pixels * shape.outputs)
    let filters = shape.inputs * shape.outputs
    let weights = WinogradShape.weightCount(inputs: shape.inputs, outputs: shape.outputs)
    return [
      CheckedCall("winogradWeights", [9 * filters, weights]) {
        winogradWeights($0[0], filters: filters, into: $0[1])
      },
      CheckedCall(
        "winogradForward",
        [x, weights, shape.images * shape.outputs, y, y, shape.scratchCount]
      ) {
        winogradForward(
          shape, $0[0], weights: $0[1], bias: $0[2], biasRow: shape.outputs,
          residual: .add($0[3]), into: $0[4], scratch: $0[5])
      },
      CheckedCall("winogradInputGradient", [y, weights, shape.inputs, x, shape.scratchCount]) {
        winogradInputGradient(
          shape, dy: $0[0], flipped: $0[1], zeros: $0[2], into: $0[3], .add, scratch: $0[4])
      },
      CheckedCall(
        "winogradWeightGradient",
        [x, y, 9 * filters, shape.images * shape.outputs, shape.scratchCount]
      ) {
        winogradWeightGradient(
          shape, $0[0], dy: $0[1], addedTo: $0[2], sums: $0[3], scratch: $0[4])
      },
    ]
  }

  private static var attention: [CheckedCall] {
    // A head of two terms in a vector, and a wider one.
    [3, 20].flatMap { depth in
      let shape = AttentionShape(tokens: 21, depth: depth, rowLength: 2 * depth)
      let head = (shape.tokens - 1) * shape.rowLength + depth
      return [
        CheckedCall(
          "attentionForward of \(depth)",
          [head, head, head, head, shape.tokens]
        ) {
          let scratch = FloatMemory(count: shape.scratchCount)
          attentionForward(
            shape, q: $0[0], k: $0[1], v: $0[2], into: $0[3], statistics: $0[4],
            scratch: scratch.all)
        },
        CheckedCall(
          "attentionBackward of \(depth)",
          [head, head, head, head, shape.tokens, head, head, head, head]
        ) {
          let scratch = FloatMemory(count: shape.scratchCount)
          attentionBackward(
            shape, q: $0[0], k: $0[1], v: $0[2], y: $0[3], statistics: $0[4], dy: $0[5],
            addedTo: $0[6], $0[7], $0[8], scratch: scratch.all)
        },
      ]
    }
  }
}
