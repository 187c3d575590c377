// The order in which a tape's operations run, forward and back.

/// A pass of one of the tape's operations.
enum Step {
  case forward(any Operation)
  /// What a later step of the way back reads and the way forward did not keep.
  case recompute(any Operation)
  case backward(any Operation)

  var operation: any Operation {
    switch self {
    case .forward(let operation), .recompute(let operation), .backward(let operation): operation
    }
  }
}

extension Step {
  /// A forward pass.
  static func forward(_ operations: [any Operation]) -> [Step] { operations.map { .forward($0) } }

  /// A backward pass, each operation recomputed before the first step that reads its values.
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
    for operation in operations.reversed() {
      compute(operation.kept)
      steps.append(.backward(operation))
    }
    return steps
  }
}

/// Consecutive steps that run for a few images at a time, one few after the other, so that what a
/// step writes is still in the core's cache when the next one reads it.
struct Stretch {
  var steps: [Step]
  /// How many images at a time.
  let images: Int

  /// Pixels that a step works on at a time: fewer would leave the loops over them too short to make
  /// up for reading the weights again.
  private static let pixels = 1600

  /// Steps in the same order, joined where they run for as many images.
  static func list(_ steps: [Step], capacity: Int) -> [Stretch] {
    var list: [Stretch] = []
    for step in steps {
      let operation = step.operation
      let pixels = (operation.inputs + operation.outputs).map(\.shape.pixels).max() ?? 1
      let images = min(capacity, max(1, Stretch.pixels / pixels))
      // What belongs to a whole image, as the timestep's embedding, joins what is around it.
      if let last = list.last, last.images == images || pixels == 1 {
        list[list.count - 1].steps.append(step)
      } else {
        list.append(Stretch(steps: [step], images: images))
      }
    }
    return list
  }
}
