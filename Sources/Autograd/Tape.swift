// The tape: operations recorded once for a shape, then run forward and backward any number of
// times.

package import Kernels

/// A list of operations with the memory they run in.
///
/// Recording plans the memory; running neither records nor allocates. The conformance is unchecked
/// because every thread has a tape of its own and parameters do not change while tapes run.
package final class Tape: @unchecked Sendable {
  /// What a tape is for: inference reuses a block as soon as its last reader is done, training
  /// keeps what the backward pass reads.
  package enum Purpose: Sendable {
    case inference
    case training
  }

  package let purpose: Purpose
  /// How many images the tape has room for.
  package let capacity: Int
  package let parameters: Parameters
  private let microBatchPixels: Int
  private let isOnlyPlanned: Bool
  private let sharesMemory: Bool
  /// The floats of a tape's memory, once it is sealed.
  package private(set) var floatCount = 0
  /// How many images the next run is for; within an operation, the images of its micro-batch.
  package var images: Int {
    didSet { precondition(0...capacity ~= images, "\(images) images on a tape for \(capacity)") }
  }
  /// The number of the first image of the current micro-batch.
  private(set) var firstImage = 0
  /// The counters of random numbers: the training step and the first image's number in its batch.
  package var place = (step: UInt32(0), firstItem: UInt32(0))

  private var operations: [any Operation] = []
  private var blocks: [TapeMemory.Block] = []
  private var isDifferentiable: [Bool] = []

  private var groups: [StepGroup] = []
  private var memory: TapeMemory?
  /// The places of the values in the current pass.
  private var values: [TapeMemory.Place] = []
  private var gradients: [TapeMemory.Place] = []
  /// Which gradients have their first contribution: for the current micro-batch, and before the
  /// current group.
  private var isWritten: [Bool] = []
  private var wasWritten: [Bool] = []
  private var scratchMemory: FloatMemory?
  private var gradientMemory: FloatMemory?

  /// - Parameters:
  ///   - capacity: the largest number of images of a run.
  ///   - microBatchPixels: about how many pixels an operation works on at a time. With fewer than
  ///     the default, loops are too short for the cost of reading the weights again.
  ///   - isOnlyPlanned: whether no memory is taken: the tape can be asked for its size, and never run.
  ///   - sharesMemory: whether blocks that are not in use at the same time share memory. A tape whose
  ///     blocks have memory of their own is what the plans of others are tested against.
  package init(
    _ parameters: Parameters, for purpose: Purpose, capacity: Int, microBatchPixels: Int = 1600,
    isOnlyPlanned: Bool = false, sharesMemory: Bool = true
  ) {
    (self.isOnlyPlanned, self.sharesMemory) = (isOnlyPlanned, sharesMemory)
    self.parameters = parameters
    self.purpose = purpose
    self.capacity = capacity
    self.microBatchPixels = microBatchPixels
    images = capacity
  }

  // MARK: Recording

  /// A block that the caller fills before every run.
  ///
  /// - Parameter differentiable: whether the gradient with respect to it is wanted.
  package func input(_ shape: Shape, differentiable: Bool = false) -> Tensor {
    let tensor = self.tensor(shape, differentiable: differentiable)
    blocks[tensor.index].isKept = true
    return tensor
  }

  /// Makes the values of a tensor stay readable after a run.
  package func keep(_ tensor: Tensor) {
    precondition(memory == nil, "a sealed tape keeps what it was told to")
    blocks[tensor.index].isKept = true
  }

  /// A new block for an operation's output.
  func tensor(_ shape: Shape, differentiable: Bool = true) -> Tensor {
    precondition(memory == nil, "a sealed tape records no more")
    isDifferentiable.append(differentiable)
    blocks.append(TapeMemory.Block(count: shape.count))
    return Tensor(index: blocks.count - 1, shape: shape)
  }

  /// Appends an operation and returns its result.
  @discardableResult
  func record(_ operation: some Operation) -> Tensor {
    operations.append(operation)
    return operation.outputs[0]
  }

  /// Ends the recording: `result`, the last operation's, stays readable after a run, and memory is
  /// laid out.
  package func seal(result: Tensor) {
    blocks[result.index].isKept = true
    var steps = Step.forward(operations)
    if purpose == .training, let last = operations.last {
      precondition(last.outputs[0] == result, "gradients begin at the last operation's result")
      steps += [.lossGradient(last)] + Step.backward(operations)
    }
    groups = StepGroup.list(steps, capacity: capacity, pixels: microBatchPixels)
    let scratchCount = operations.map(\.scratchCount).max() ?? 0
    let plan = TapeMemory.plan(blocks, groups, capacity: capacity, sharesMemory: sharesMemory)
    floatCount = plan.ranges.floats + scratchCount
    if isOnlyPlanned { return }
    let memory = TapeMemory(plan)
    let scratch = FloatMemory(count: scratchCount)
    (values, gradients) = (memory.forward, memory.gradients)
    isWritten = Array(repeating: false, count: values.count)
    wasWritten = isWritten
    (self.memory, scratchMemory) = (memory, scratch)
  }

  /// Floating-point operations of one image's forward pass.
  package var operationCount: Int { operations.reduce(0) { $0 + $1.matrixOperations } }

  // MARK: Running

  /// Computes the result from the inputs.
  package func forward() { forward { _ in } }

  /// The same, with a look at the values after each operation.
  func forward(_ look: (any Operation) -> Void) {
    run { step in
      if case .forward(let operation) = step {
        operation.forward(self)
        look(operation)
      }
    }
  }

  /// Computes the result from the inputs, and every gradient from the result's, adding the parameters'
  /// to what is there.
  ///
  /// The last layers run forward and backward for one micro-batch while its values are in the
  /// core's cache, before the next micro-batch: two passes over all images would read them from
  /// memory.
  ///
  /// - Parameter makeGradient: writes the gradient of the result for some images; inside it, the
  ///   tape's values and gradients are those of these images.
  package func train(_ makeGradient: (_ images: Range<Int>) -> Void) {
    precondition(purpose == .training, "a tape for inference has no gradients")
    for i in isWritten.indices { isWritten[i] = false }
    run { step in
      switch step {
      case .forward(let operation):
        operation.forward(self)
      case .lossGradient(let operation):
        if let memory { values = memory.backward }
        isWritten[operation.outputs[0].index] = true
        makeGradient(firstImage..<firstImage + images)
      case .recompute(let operation): operation.recompute(self)
      case .backward(let operation): if hasGradient(operation) { operation.backward(self) }
      case .inputGradients(let layer): if hasGradient(layer) { layer.inputGradients(self) }
      case .recomputingBackward(let operation):
        if hasGradient(operation) { operation.recomputingBackward(self) }
      case .parameterGradients(let layer): if hasGradient(layer) { layer.parameterGradients(self) }
      }
    }
  }

  private func run(_ body: (Step) -> Void) {
    let all = images
    for group in groups {
      // Element by element: assigning the array would allocate a new one.
      for i in isWritten.indices { wasWritten[i] = isWritten[i] }
      for start in stride(from: 0, to: all, by: group.images) {
        (firstImage, images) = (start, min(group.images, all - start))
        for i in isWritten.indices { isWritten[i] = wasWritten[i] }
        if let memory, group.beginsForward { values = memory.forward }
        for step in group.steps { body(step) }
      }
    }
    (firstImage, images) = (0, all)
  }

  /// Whether anything depends on an operation's result.
  private func hasGradient(_ operation: some Operation) -> Bool {
    isWritten[operation.outputs[0].index]
  }

  // MARK: Memory

  /// The values of the current micro-batch; outside operations, of all images.
  package subscript(tensor: Tensor) -> Floats { current(values[tensor.index], tensor) }

  /// One image's values of a tensor.
  subscript(tensor: Tensor, image: Int) -> Floats {
    self[tensor].slice(image * tensor.shape.count, tensor.shape.count)
  }

  /// The gradient with respect to a tensor: [N, H, W, C].
  package func gradient(_ tensor: Tensor) -> Floats { current(gradients[tensor.index], tensor) }

  func gradient(_ tensor: Tensor, image: Int) -> Floats {
    gradient(tensor).slice(image * tensor.shape.count, tensor.shape.count)
  }

  private func current(_ place: TapeMemory.Place, _ tensor: Tensor) -> Floats {
    let start = place.isMicroBatch ? 0 : firstImage * tensor.shape.count
    return place.floats.slice(start, place.floats.count - start)
  }

  /// Where an operation writes its contribution to an input's gradient; nil if it is not needed.
  ///
  /// To be called once per operation and input: the first contribution overwrites the block, which
  /// an earlier tensor has used, and later ones are added.
  func gradientTarget(_ tensor: Tensor) -> GradientTarget? {
    guard isDifferentiable[tensor.index] else { return nil }
    defer { isWritten[tensor.index] = true }
    return GradientTarget(
      floats: gradient(tensor), count: tensor.shape.count,
      accumulation: isWritten[tensor.index] ? .add : .overwrite)
  }

  /// Whether two tensors have one gradient.
  func isGradientShared(_ a: Tensor, _ b: Tensor) -> Bool {
    guard let memory else { return false }
    return memory.gradientNumbers[a.index] == memory.gradientNumbers[b.index]
  }

  /// As `gradientTarget`, for operations that compute all gradients or none: one that is not needed
  /// goes to the tensor's own block, which is never read.
  func gradientTargetOrSpare(_ tensor: Tensor) -> GradientTarget {
    gradientTarget(tensor)
      ?? GradientTarget(
        floats: gradient(tensor), count: tensor.shape.count, accumulation: .overwrite)
  }

  /// The gradients of all parameters, in the layout's order; training only.
  package var parameterGradients: Floats {
    precondition(purpose == .training, "a tape for inference has no gradients")
    let memory = gradientMemory ?? FloatMemory(count: parameters.layout.count)
    gradientMemory = memory
    return memory.all
  }

  /// Makes the tape add the parameters' gradients to the caller's memory instead of its own.
  package func addGradients(to memory: FloatMemory) {
    precondition(
      memory.all.count == parameters.layout.count,
      "\(memory.all.count) floats for \(parameters.layout.count) gradients")
    gradientMemory = memory
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

/// Where a contribution to a gradient goes, and whether it is the first.
struct GradientTarget {
  let floats: Floats
  let count: Int
  let accumulation: Accumulation

  /// One image's part.
  func image(_ image: Int) -> Floats { floats.slice(image * count, count) }
}
