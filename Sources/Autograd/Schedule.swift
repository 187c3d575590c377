// The order in which a tape's operations run, forward and backward.

/// A pass of one of the tape's operations.
enum Step {
  case forward(any Operation)
  /// Between the forward and the backward pass: the caller computes the gradient of the last
  /// result.
  case lossGradient(any Operation)
  /// Recomputes values that a later step of the backward pass reads and that were not kept.
  case recompute(any Operation)
  case backward(any Operation)
  /// A backward pass in three steps: the inputs' gradients; later the input's values, recomputed by
  /// the backward pass of the operation that wrote them; then the parameters' gradients.
  case inputGradients(any LinearOperation)
  case recomputingBackward(any RecomputingOperation)
  case parameterGradients(any LinearOperation)

  var operation: any Operation {
    switch self {
    case .forward(let operation), .lossGradient(let operation): operation
    case .recompute(let operation), .backward(let operation): operation
    case .inputGradients(let operation), .parameterGradients(let operation): operation
    case .recomputingBackward(let operation): operation
    }
  }
}

extension Step {
  /// A forward pass.
  static func forward(_ operations: [any Operation]) -> [Step] { operations.map { .forward($0) } }

  /// A backward pass. Values that were not kept are recomputed before the first step that reads
  /// them, or by their operation's own backward pass if all readers can be deferred until then.
  static func backward(_ operations: [any Operation]) -> [Step] {
    var writers: [Int: any Operation] = [:]
    for operation in operations {
      for tensor in operation.recomputed { writers[tensor.index] = operation }
    }
    var steps: [Step] = []
    func compute(_ tensors: [Tensor]) {
      for tensor in tensors {
        guard let writer = writers.removeValue(forKey: tensor.index) else { continue }
        compute(writer.inputs)
        steps.append(.recompute(writer))
      }
    }
    var deferred: [any LinearOperation] = []
    for operation in operations.reversed() {
      if let layer = operation as? any LinearOperation, canDefer(layer, operations, writers) {
        steps.append(.inputGradients(layer))
        deferred.append(layer)
        continue
      }
      compute(operation.kept)
      let values = Set(operation.recomputed.map(\.index))
      let readers = deferred.filter { $0.kept.contains { values.contains($0.index) } }
      if let writer = operation as? any RecomputingOperation, !readers.isEmpty {
        for value in values { writers[value] = nil }
        steps.append(.recomputingBackward(writer))
        steps += readers.map { .parameterGradients($0) }
        deferred.removeAll { layer in readers.contains { $0.outputs == layer.outputs } }
      } else {
        steps.append(.backward(operation))
      }
    }
    return steps
  }

  /// Whether the gradients of a layer's parameters can be deferred until the backward pass of the
  /// operation that wrote the layer's input: the input is not recomputed yet, and the row's
  /// gradient is read later still.
  private static func canDefer(
    _ layer: any LinearOperation, _ operations: [any Operation], _ writers: [Int: any Operation]
  ) -> Bool {
    guard layer.kept.count == 1, let writer = writers[layer.kept[0].index],
      writer is any RecomputingOperation
    else { return false }
    let before = operations.prefix { $0.outputs != writer.outputs }
    guard let row = layer.row else { return true }
    return before.contains { $0.outputs.contains(row) }
  }
}

/// Consecutive steps that run on one micro-batch of images after another, so that what a step
/// writes is still in the core's cache when the next step reads it.
struct StepGroup {
  var steps: [Step]
  /// Images of a micro-batch.
  let images: Int

  /// Whether it begins in the forward pass.
  var beginsForward: Bool {
    if case .forward = steps.first { true } else { false }
  }

  /// Groups steps, in order, by the size of their micro-batches.
  ///
  /// - Parameter pixels: about how many pixels a micro-batch has.
  static func list(_ steps: [Step], capacity: Int, pixels budget: Int) -> [StepGroup] {
    var list: [StepGroup] = []
    for step in steps {
      let operation = step.operation
      let pixels = (operation.inputs + operation.outputs).map(\.shape.pixels).max() ?? 1
      let images = min(capacity, max(1, budget / pixels))
      // Steps on vectors, such as the timestep's embedding, join the group before them.
      if let last = list.last, last.images == images || pixels == 1 {
        list[list.count - 1].steps.append(step)
      } else {
        list.append(StepGroup(steps: [step], images: images))
      }
    }
    return list
  }
}
