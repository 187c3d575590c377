// The order in which a tape's operations run, forward and back.

/// A pass of one of the tape's operations.
enum Step {
  case forward(any Operation)
  /// Between the ways forward and back: the caller makes the gradient of the last result.
  case lossGradient(any Operation)
  /// What a later step of the way back reads and the way forward did not keep.
  case recompute(any Operation)
  case backward(any Operation)
  /// A backward pass in three: inputs' gradients, values computed again by their writer's own backward
  /// pass, then the gradients of parameters.
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

  /// A backward pass, each operation recomputed before the first step that reads its values, or by its
  /// own backward pass where everybody can wait for that.
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

  /// Whether the gradients of a layer's parameters can wait until the way back reaches the writer of
  /// what it multiplies: that is not computed again yet, and the row's gradient is read later still.
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

/// Consecutive steps that run for a few images at a time, one few after the other, so that what a
/// step writes is still in the core's cache when the next one reads it.
struct StepGroup {
  var steps: [Step]
  /// How many images at a time.
  let images: Int

  /// Whether it begins on the way forward.
  var beginsForward: Bool {
    if case .forward = steps.first { true } else { false }
  }

  /// Steps in the same order, joined where they run for as many images.
  ///
  /// - Parameter pixels: how many a step works on at a time, about.
  static func list(_ steps: [Step], capacity: Int, pixels budget: Int) -> [StepGroup] {
    var list: [StepGroup] = []
    for step in steps {
      let operation = step.operation
      let pixels = (operation.inputs + operation.outputs).map(\.shape.pixels).max() ?? 1
      let images = min(capacity, max(1, budget / pixels))
      // What belongs to a whole image, as the timestep's embedding, joins what is around it.
      if let last = list.last, last.images == images || pixels == 1 {
        list[list.count - 1].steps.append(step)
      } else {
        list.append(StepGroup(steps: [step], images: images))
      }
    }
    return list
  }
}
