// The memory of a tape: the places of each tensor's values in either pass, and of its gradient.

internal import Kernels

/// The memory of all tensors of a tape: one, laid out for the steps of its passes, or one for each.
struct TapeMemory {
  /// What a tensor needs.
  struct Block {
    /// Floats of an image.
    let count: Int
    /// Whether the caller fills or reads it between the passes.
    var isKept = false
  }

  /// Where a tensor's values or gradients lie.
  struct Place {
    let floats: Floats
    /// Whether there is room for one micro-batch only, because it is not read after that.
    let isMicroBatch: Bool
  }

  /// The values in the forward pass, by tensor.
  let forward: [Place]
  /// The values in the backward pass: in the same place, unless they are recomputed.
  let backward: [Place]
  let gradients: [Place]
  /// The number of each tensor's gradient; tensors with one number share it.
  let gradientNumbers: [Int]
  private let memories: [FloatMemory]

  /// When each block is used, and the numbers of each tensor's blocks.
  typealias Plan = (ranges: LiveRanges, forward: [Int], backward: [Int], gradients: [Int])

  init(_ plan: Plan) {
    let (places, memories) = plan.ranges.layout()
    self.memories = memories
    forward = plan.forward.map { places[$0] }
    backward = plan.backward.map { places[$0] }
    gradients = plan.gradients.map { places[$0] }
    gradientNumbers = plan.gradients
  }

  /// - Parameter sharesMemory: whether blocks that are not in use at the same time share memory.
  static func plan(
    _ blocks: [Block], _ groups: [StepGroup], capacity: Int, sharesMemory: Bool
  ) -> Plan {
    var ranges = LiveRanges(groups, capacity: capacity, sharesMemory: sharesMemory)
    let forward = blocks.map { ranges.add($0.count) }
    var gradients = blocks.map { ranges.add($0.count) }
    var backward = forward
    let steps = groups.flatMap(\.steps)
    for operation in steps.compactMap(\.recomputed) {
      for tensor in operation.recomputed where !blocks[tensor.index].isKept {
        backward[tensor.index] = ranges.add(blocks[tensor.index].count)
      }
    }
    if sharesMemory {
      for (residual, result) in TapeMemory.sharedGradients(blocks, steps) {
        gradients[residual] = gradients[result]
      }
    }
    var isTraining = false
    for (time, step) in steps.enumerated() {
      let operation = step.operation
      switch step {
      case .forward:
        for i in operation.touched { ranges.use(forward[i], at: time) }
      case .lossGradient:
        isTraining = true
      case .recompute:
        for i in operation.touched { ranges.use(backward[i], at: time) }
      case .backward, .inputGradients, .recomputingBackward, .parameterGradients:
        for tensor in step.values { ranges.use(backward[tensor.index], at: time) }
        for tensor in operation.inputs + [operation.outputs[0]] {
          ranges.use(gradients[tensor.index], at: time)
        }
      }
    }
    for (i, block) in blocks.enumerated() where block.isKept {
      ranges.keep(forward[i])
      if isTraining { ranges.keep(gradients[i]) }
    }
    return (ranges, forward, backward, gradients)
  }

  /// The residuals whose gradient starts as the result's and takes over its block without a copy.
  /// That needs that nothing writes to the block while the last step of a layer still has to read
  /// it. In the order of the backward pass.
  private static func sharedGradients(
    _ blocks: [Block], _ steps: [Step]
  ) -> [(residual: Int, result: Int)] {
    var list: [(residual: Int, result: Int)] = []
    var isWritten = Array(repeating: false, count: blocks.count)
    // The results whose gradients lie in a tensor's block, itself among them.
    var owners = blocks.indices.map { Set([$0]) }
    for (time, step) in steps.enumerated() where step.makesInputGradients {
      let operation = step.operation
      let inputs = operation.inputs.map(\.index)
      let result = operation.outputs[0].index
      if let residual = operation.residual?.index, !isWritten[residual],
        inputs.filter({ $0 == residual }).count == 1, !blocks[residual].isKept,
        !blocks[result].isKept,
        !isChanged(residual, whileNeededFor: owners[result], in: steps[(time + 1)...])
      {
        list.append((residual, result))
        owners[residual].formUnion(owners[result])
      }
      for i in inputs { isWritten[i] = true }
    }
    return list
  }

  /// Whether a step changes a residual's gradient before the last step that reads one of some
  /// results' gradients.
  private static func isChanged(
    _ residual: Int, whileNeededFor results: Set<Int>, in steps: ArraySlice<Step>
  ) -> Bool {
    let end = steps.lastIndex {
      $0.readsGradient && results.contains($0.operation.outputs[0].index)
    }
    return steps[..<(end ?? steps.startIndex)].contains { $0.changesGradient(of: residual) }
  }
}

extension Step {
  /// The operation whose values it recomputes.
  fileprivate var recomputed: (any Operation)? {
    switch self {
    case .recompute(let operation): operation
    case .recomputingBackward(let operation): operation
    case .forward, .lossGradient, .backward, .inputGradients, .parameterGradients: nil
    }
  }

  /// The values that a step of the backward pass reads or writes.
  fileprivate var values: [Tensor] {
    switch self {
    case .lossGradient, .inputGradients: []
    case .recomputingBackward(let operation): operation.kept + operation.recomputed
    case .forward, .recompute, .backward, .parameterGradients: operation.kept
    }
  }

  /// Whether it reads the gradient of its operation's result.
  fileprivate var readsGradient: Bool {
    switch self {
    case .backward, .inputGradients, .recomputingBackward, .parameterGradients: true
    case .forward, .lossGradient, .recompute: false
    }
  }

  /// Whether it adds to a tensor's gradient, or overwrites it.
  fileprivate func changesGradient(of tensor: Int) -> Bool {
    switch self {
    case .backward, .inputGradients, .recomputingBackward, .parameterGradients:
      operation.inputs.contains { $0.index == tensor }
        || operation.overwritesGradient && operation.outputs[0].index == tensor
    case .forward, .lossGradient, .recompute: false
    }
  }

  fileprivate var makesInputGradients: Bool {
    switch self {
    case .backward, .inputGradients, .recomputingBackward: true
    case .forward, .lossGradient, .recompute, .parameterGradients: false
    }
  }
}

extension Operation {
  /// The numbers of the tensors that its forward pass reads or writes.
  fileprivate var touched: [Int] { (inputs + outputs).map(\.index) }
}
