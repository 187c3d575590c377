// Draws a network's operations one by one, each on operands of suitable shapes.

import Autograd
import Kernels

/// The operations drawn so far, and the shapes of the tensors that they make.
struct GraphBuilder {
  /// An operation: its operands' numbers among inputs and results, and how it is recorded.
  struct Step {
    let operands: [Int]
    let run: (_ operands: [Tensor], _ tape: Tape) -> Tensor
  }

  private(set) var layout: ParameterLayout
  private(set) var steps: [Step] = []
  private(set) var descriptions: [String]
  var random: SplitMix
  /// Of the inputs and of each operation's result.
  private(set) var shapes: [Shape]
  private var isRead: [Bool]
  /// Layers that may be used again.
  private var norms: [(layer: GroupNorm, channels: Int)] = []
  /// Results of normalisations.
  private var normalized: [Int] = []
  private var filters: [(layer: Convolution, inputs: Int)] = []

  /// The number of the input that holds class numbers, which nothing but an embedding can read.
  static let classes = 3

  init(_ random: SplitMix, _ layout: ParameterLayout, image: Shape, vector: Shape) {
    (self.random, self.layout) = (random, layout)
    shapes = [image, vector, image, Shape(channels: 1)]
    isRead = shapes.map { _ in false }
    descriptions = ["0: input \(image)\n1: input \(vector)\n2: constant \(image)\n3: classes"]
  }

  // MARK: Operands

  private func candidates(_ suits: (Shape) -> Bool) -> [Int] {
    shapes.indices.filter { $0 != GraphBuilder.classes && suits(shapes[$0]) }
  }

  /// One of the tensors that suit, most often one of the last three or one that nothing reads yet.
  private mutating func operand(_ suits: (Shape) -> Bool) -> Int? {
    let all = candidates(suits)
    if all.isEmpty { return nil }
    let unread = all.filter { !isRead[$0] }
    if !unread.isEmpty && random.happens(0.5) { return random.pick(unread) }
    return random.pick(random.happens(0.5) ? all.suffix(3) : all)
  }

  mutating func image(_ suits: (Shape) -> Bool = { _ in true }) -> Int {
    operand { $0.channels <= 32 && suits($0) } ?? 0
  }

  /// What a layer with weights reads: most often a normalisation's result, as in every U-Net.
  private mutating func layerInput() -> Int {
    normalized.isEmpty || random.happens(0.4) ? image() : random.pick(normalized.suffix(3))
  }

  /// What a layer adds to its result.
  private mutating func residual(_ shape: Shape) -> Int? {
    let results = normalized.filter { shapes[$0] == shape }
    return !results.isEmpty && random.happens(0.4) ? random.pick(results) : optional(shape, 0.7)
  }

  /// Now and then a tensor of this shape, if there is one.
  private mutating func optional(_ shape: Shape, _ probability: Double) -> Int? {
    random.happens(probability) ? operand { $0 == shape } : nil
  }

  /// A vector of this many channels: one that there is, or one made by a dense layer.
  mutating func vector(_ channels: Int) -> Int {
    if let vector = optional(Shape(channels: channels), 0.7) { return vector }
    let dense = Dense(
      "dense.\(steps.count)", inputs: shapes[1].channels, outputs: channels, in: &layout)
    return add("dense", Shape(channels: channels), [1]) { x, tape in dense(x[0], on: tape) }
  }

  /// One tensor, or two of one size, which may be the same one twice.
  private mutating func parts() -> [Int] {
    let first = image { $0.channels <= 16 }
    let size = (shapes[first].height, shapes[first].width)
    guard random.happens(0.3) else { return [first] }
    return [first, image { ($0.height, $0.width) == size && $0.channels <= 16 }]
  }

  private static func joined(_ x: ArraySlice<Tensor>) -> ChannelConcatenation {
    x.count == 1
      ? ChannelConcatenation(x[x.startIndex])
      : ChannelConcatenation(x[x.startIndex], x[x.startIndex + 1])
  }

  @discardableResult
  mutating func add(
    _ name: String, _ shape: Shape, _ operands: [Int],
    _ run: @escaping (_ operands: [Tensor], _ tape: Tape) -> Tensor
  ) -> Int {
    for operand in operands { isRead[operand] = true }
    steps.append(Step(operands: operands, run: run))
    descriptions.append("\(shapes.count): \(name) of \(operands) -> \(shape)")
    shapes.append(shape)
    isRead.append(false)
    return shapes.count - 1
  }

  // MARK: Operations

  mutating func addOperation() {
    switch random.pick(0...22) {
    case 0...5: addGroupNorm()
    case 6...9: addConvolution()
    case 10, 11: addDense()
    case 12: addAttention()
    case 13: addResampling()
    case 14: addConcatenation()
    case 15: addDropout()
    case 16: addEmbedding()
    case 17: addPointwiseConvolution()
    case 18: addFlattening()
    case 19: addSum()
    case 20: addFourierFeatures()
    case 21: addCrossEntropy()
    default: addFunction()
    }
  }

  private mutating func addGroupNorm() {
    let x = parts()
    let channels = x.reduce(0) { $0 + shapes[$1].channels }
    let shape = Shape(
      height: shapes[x[0]].height, width: shapes[x[0]].width, channels: channels)
    var norm = norms.last { $0.channels == channels }?.layer
    if norm == nil || random.happens(0.8) {
      // Groups of at least four numbers, and no large derivatives where they are nearly equal.
      let groups = [1, 2, 4].filter { channels % $0 == 0 && shape.count / $0 >= 4 }
      norm = GroupNorm(
        "norm.\(steps.count)", channels: channels, groups: groups.isEmpty ? 1 : random.pick(groups),
        epsilon: 0.1, in: &layout)
    }
    guard let norm else { return }
    norms.append((norm, channels))
    let activation: Activation = random.happens(0.8) ? .silu : .identity
    let modulation = random.happens(0.25) ? [vector(2 * channels)] : []
    let y = add(
      "norm \(activation)\(modulation.isEmpty ? "" : " modulated")", shape, x + modulation
    ) {
      tensors, tape in
      norm(
        GraphBuilder.joined(tensors.prefix(x.count)),
        modulation: modulation.isEmpty ? nil : tensors[x.count], activation: activation, on: tape)
    }
    normalized.append(y)
  }

  private mutating func addConvolution() {
    let x = layerInput()
    let shape = shapes[x]
    var filter = filters.last { $0.inputs == shape.channels }?.layer
    var (stride, padding, outputs) = (1, Padding.same, 8)
    if filter == nil || random.happens(0.9) {
      (stride, padding) = random.pick([
        (1, .same), (1, .same), (1, .same), (2, .same), (2, .bottomRight),
      ])
      if min(shape.height, shape.width) < 2 { padding = .same }
      outputs = random.pick([4, 8, 8, 8])
      filter = Convolution(
        "conv.\(steps.count)", inputs: shape.channels, outputs: outputs, stride: stride,
        padding: padding, in: &layout)
    }
    guard let filter else { return }
    if stride == 1 && outputs == 8 { filters.append((filter, shape.channels)) }
    let edge = padding == .same ? 2 : 1
    let result = Shape(
      height: (shape.height + edge - 3) / stride + 1, width: (shape.width + edge - 3) / stride + 1,
      channels: outputs)
    let row = random.happens(0.3) ? vector(outputs) : nil
    let residual = residual(result)
    let name = "conv by \(stride) \(padding)\(row == nil ? "" : " row")"
    add(name + (residual == nil ? "" : " residual"), result, [x, row, residual].compactMap { $0 }) {
      tensors, tape in
      filter(
        tensors[0], row: row == nil ? nil : tensors[1],
        residual: residual == nil ? nil : tensors[tensors.count - 1], on: tape)
    }
  }

  private mutating func addDense() {
    let x = layerInput()
    let outputs = random.pick([4, 8, 8])
    let result = Shape(height: shapes[x].height, width: shapes[x].width, channels: outputs)
    let dense = Dense(
      "dense.\(steps.count)", inputs: shapes[x].channels, outputs: outputs, in: &layout)
    let residual = residual(result)
    add(residual == nil ? "dense" : "dense residual", result, [x] + (residual.map { [$0] } ?? [])) {
      tensors, tape in
      dense(tensors[0], residual: residual == nil ? nil : tensors[1], on: tape)
    }
  }

  private mutating func addPointwiseConvolution() {
    let x = parts()
    let channels = x.reduce(0) { $0 + shapes[$1].channels }
    let conv = Convolution(
      "pointwise.\(steps.count)", inputs: channels, outputs: 8, side: 1, in: &layout)
    let shape = Shape(height: shapes[x[0]].height, width: shapes[x[0]].width, channels: 8)
    add("pointwise", shape, x) { tensors, tape in
      conv(GraphBuilder.joined(tensors[...]), on: tape)
    }
  }

  private mutating func addAttention() {
    let q = image()
    let shape = shapes[q]
    let (k, v) = (image { $0 == shape }, image { $0 == shape })
    let heads = random.pick([1, 2].filter { shape.channels % $0 == 0 })
    add("attention", shape, [q, k, v]) { x, tape in
      tape.attention(q: x[0], k: x[1], v: x[2], heads: heads)
    }
  }

  private mutating func addResampling() {
    let x = image()
    let (height, width, channels) = (shapes[x].height, shapes[x].width, shapes[x].channels)
    if max(height, width) <= 4 && random.happens(0.5) {
      add("upsample", Shape(height: 2 * height, width: 2 * width, channels: channels), [x]) {
        x, tape in tape.upsample(x[0])
      }
    } else {
      let half = Shape(height: (height + 1) / 2, width: (width + 1) / 2, channels: channels)
      add("average pool", half, [x]) { x, tape in tape.averagePool(x[0]) }
    }
  }

  private mutating func addConcatenation() {
    let x = parts()
    guard x.count == 2 else { return addFunction() }
    let channels = shapes[x[0]].channels + shapes[x[1]].channels
    let shape = Shape(height: shapes[x[0]].height, width: shapes[x[0]].width, channels: channels)
    add("concatenation", shape, x) { x, tape in tape.concatenate(GraphBuilder.joined(x[...])) }
  }

  private mutating func addDropout() {
    let (x, layer) = (image(), steps.count)
    add("dropout", shapes[x], [x]) { x, tape in
      tape.dropout(x[0], rate: 0.3, seed: 1, layer: layer)
    }
  }

  private mutating func addEmbedding() {
    let x = vector(random.pick([4, 8]))
    let table = Embedding(
      "embedding.\(steps.count)", rows: 3, columns: shapes[x].channels, in: &layout)
    add("embedding", shapes[x], [x, GraphBuilder.classes]) { x, tape in
      table(x[0], classes: x[1], on: tape)
    }
  }
}
