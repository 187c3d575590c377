// The tape: operations recorded once for a shape, run forward and backward as often as wanted.

package import Kernels

/// A step of a computation that knows its own derivative.
package protocol Operation: Sendable {
  var inputs: [Tensor] { get }
  /// What it writes: its result, then what its backward pass needs of the forward pass.
  var outputs: [Tensor] { get }
  /// Floats of scratch memory that either pass needs.
  var scratchCount: Int { get }
  /// Floating-point operations of one image's forward pass that are multiplications and additions
  /// of matrices.
  var matrixOperations: Int { get }
  func forward(_ tape: Tape)
  /// Adds what the outputs' gradients make of the inputs' and the parameters' gradients.
  func backward(_ tape: Tape)
}

extension Operation {
  package var scratchCount: Int { 0 }
  package var matrixOperations: Int { 0 }
}

/// A list of operations with the memory they run in.
///
/// Recording plans the memory; running neither records nor allocates. A tape is for one thread at a
/// time, and every thread has its own: that, and the parameters not changing while tapes run, is
/// what the unchecked conformance stands for.
package final class Tape: @unchecked Sendable {
  /// What a tape is for: inference reuses a block as soon as its last reader is done, training
  /// keeps every value for the backward pass.
  package enum Purpose: Sendable {
    case inference
    case training
  }

  package let purpose: Purpose
  /// How many images the tape has room for.
  package let capacity: Int
  package let parameters: Parameters
  /// How many images the next run is for.
  package var images: Int {
    didSet { precondition(images <= capacity, "\(images) images on a tape for \(capacity)") }
  }
  /// Random numbers' place: the training step and the first image's number in its batch.
  package var place = (step: UInt32(0), firstItem: UInt32(0))

  private var operations: [any Operation] = []
  private var plan: MemoryPlan
  private var isDifferentiable: [Bool] = []

  private var memory: FloatMemory?
  private var values: [Floats] = []
  private var gradients: [Floats] = []
  private var isWritten: [Bool] = []
  private var scratchMemory: FloatMemory?
  private var gradientMemory: FloatMemory?

  package init(_ parameters: Parameters, for purpose: Purpose, capacity: Int) {
    self.parameters = parameters
    self.purpose = purpose
    self.capacity = capacity
    images = capacity
    plan = MemoryPlan(capacity: capacity)
  }

  // MARK: Recording

  /// A block that the caller fills before every run.
  ///
  /// - Parameter differentiable: whether the gradient with respect to it is wanted.
  package func input(_ shape: Shape, differentiable: Bool = false) -> Tensor {
    let tensor = self.tensor(shape, differentiable: differentiable)
    plan.keep(tensor.index)
    return tensor
  }

  /// A new block for an operation's output.
  func tensor(_ shape: Shape, differentiable: Bool = true) -> Tensor {
    precondition(memory == nil, "a sealed tape records no more")
    isDifferentiable.append(differentiable)
    return Tensor(index: plan.add(shape.count), shape: shape)
  }

  /// Appends an operation and returns its result.
  @discardableResult
  func record(_ operation: some Operation) -> Tensor {
    operations.append(operation)
    plan.record(
      reads: operation.inputs.map(\.index), writes: operation.outputs.map(\.index))
    return operation.outputs[0]
  }

  /// Ends the recording: `result` stays readable after a run, and memory is laid out.
  package func seal(result: Tensor) {
    plan.keep(result.index)
    let layout = plan.layout(for: purpose)
    let memory = FloatMemory(count: layout.count)
    let scratch = FloatMemory(count: operations.map(\.scratchCount).max() ?? 0)
    values = layout.values.map { memory.all.slice($0.lowerBound, $0.count) }
    gradients = layout.gradients.map { memory.all.slice($0.lowerBound, $0.count) }
    isWritten = Array(repeating: false, count: values.count)
    (self.memory, scratchMemory) = (memory, scratch)
    if purpose == .training {
      gradientMemory = FloatMemory(count: parameters.layout.count)
    }
  }

  /// Floating-point operations of one image's forward pass.
  package var operationCount: Int { operations.reduce(0) { $0 + $1.matrixOperations } }

  // MARK: Running

  /// Computes every value from the inputs.
  package func forward() {
    for operation in operations { operation.forward(self) }
  }

  /// Computes every gradient from the result's, adding the parameters' to what is there.
  package func backward(from result: Tensor) {
    for i in isWritten.indices { isWritten[i] = false }
    isWritten[result.index] = true
    for operation in operations.reversed() where isWritten[operation.outputs[0].index] {
      operation.backward(self)
    }
  }

  // MARK: Memory

  /// All images' values of a tensor.
  package subscript(tensor: Tensor) -> Floats { values[tensor.index] }

  /// One image's values of a tensor.
  subscript(tensor: Tensor, image: Int) -> Floats {
    values[tensor.index].slice(image * tensor.shape.count, tensor.shape.count)
  }

  /// The gradient with respect to a tensor: [N, H, W, C].
  package func gradient(_ tensor: Tensor) -> Floats { gradients[tensor.index] }

  func gradient(_ tensor: Tensor, image: Int) -> Floats {
    gradients[tensor.index].slice(image * tensor.shape.count, tensor.shape.count)
  }

  /// Where an operation puts its share of an input's gradient; nil where nobody wants it.
  ///
  /// To be asked for once an operation and input: the first share replaces what an earlier tenant
  /// of the memory left, the later ones are added.
  func gradientTarget(_ tensor: Tensor) -> GradientTarget? {
    guard isDifferentiable[tensor.index] else { return nil }
    defer { isWritten[tensor.index] = true }
    return GradientTarget(
      floats: gradients[tensor.index], count: tensor.shape.count,
      accumulation: isWritten[tensor.index] ? .add : .overwrite)
  }

  /// As `gradientTarget`, for operations that make all gradients or none: what nobody wants goes to
  /// the tensor's own unread block.
  func gradientTargetOrSpare(_ tensor: Tensor) -> GradientTarget {
    gradientTarget(tensor)
      ?? GradientTarget(
        floats: gradients[tensor.index], count: tensor.shape.count, accumulation: .overwrite)
  }

  /// The gradients of all parameters, in the layout's order; training only.
  package var parameterGradients: Floats {
    guard let gradientMemory else { preconditionFailure("a tape for inference has no gradients") }
    return gradientMemory.all
  }

  /// One parameter's gradient.
  package func gradient(_ parameter: Parameter) -> Floats {
    parameterGradients.slice(parameter.offset, parameter.count)
  }

  var scratch: Floats {
    guard let scratchMemory else { preconditionFailure("a tape runs after it is sealed") }
    return scratchMemory.all
  }
}

/// Where a share of a gradient goes, and whether it is the first.
struct GradientTarget {
  let floats: Floats
  let count: Int
  let accumulation: Accumulation

  /// One image's part.
  func image(_ image: Int) -> Floats { floats.slice(image * count, count) }
}
