// A model's parameters: one flat run of floats with named slices, and derived copies of weights.

package import Kernels

/// A named slice of the parameters.
package struct Parameter: Hashable, Sendable {
  /// What the floats are; they lie in the order the kernels read them.
  package enum Kind: Hashable, Sendable {
    /// A bias or a factor a channel.
    case vector(Int)
    /// A dense layer's weights, [inputs, outputs].
    case dense(inputs: Int, outputs: Int)
    /// A convolution's weights, [side, side, inputs, outputs].
    case filter(side: Int, inputs: Int, outputs: Int)
    /// A row a class, [rows, columns].
    case table(rows: Int, columns: Int)
  }

  /// How a parameter starts.
  package enum Initial: Hashable, Sendable {
    case constant(Float)
    /// Uniform in ±bound.
    case uniform(Float)
    /// N(0, 1).
    case normal
  }

  package let name: String
  package let kind: Kind
  package let initial: Initial
  package let offset: Int

  package var count: Int {
    switch kind {
    case .vector(let count): count
    case .dense(let inputs, let outputs): inputs * outputs
    case .filter(let side, let inputs, let outputs): side * side * inputs * outputs
    case .table(let rows, let columns): rows * columns
    }
  }
}

/// A copy of a weight in another order, made again whenever the parameters changed.
package struct FlippedWeight: Hashable, Sendable {
  let parameter: Parameter
  let taps: Int
  let inputs: Int
  let outputs: Int
  let offset: Int
}

/// Which slices there are: made while layers are built.
package struct ParameterLayout: Sendable {
  package private(set) var parameters: [Parameter] = []
  package private(set) var count = 0
  private(set) var flipped: [FlippedWeight] = []
  private(set) var flippedCount = 0

  package init() {}

  mutating func add(
    _ name: String, _ kind: Parameter.Kind, _ initial: Parameter.Initial
  ) -> Parameter {
    let parameter = Parameter(name: name, kind: kind, initial: initial, offset: count)
    parameters.append(parameter)
    count += FloatMemory.aligned(parameter.count)
    return parameter
  }

  /// A copy of a weight as its input gradient reads it.
  mutating func addFlipped(
    _ parameter: Parameter, taps: Int, inputs: Int, outputs: Int
  ) -> FlippedWeight {
    let weight = FlippedWeight(
      parameter: parameter, taps: taps, inputs: inputs, outputs: outputs, offset: flippedCount)
    flipped.append(weight)
    flippedCount += FloatMemory.aligned(parameter.count)
    return weight
  }

  /// How many numbers the parameters are, without the gaps that align them.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}

/// The parameters' values. Tapes read them from many threads; only an optimizer between two runs
/// writes.
package final class Parameters: Sendable {
  package let layout: ParameterLayout
  private let memory: FloatMemory
  private let flippedMemory: FloatMemory

  package init(_ layout: ParameterLayout) {
    self.layout = layout
    memory = FloatMemory(count: layout.count)
    flippedMemory = FloatMemory(count: layout.flippedCount)
  }

  /// All values, in the layout's order.
  package var values: Floats { memory.all }

  package subscript(parameter: Parameter) -> Floats {
    memory.all.slice(parameter.offset, parameter.count)
  }

  subscript(weight: FlippedWeight) -> Floats {
    flippedMemory.all.slice(weight.offset, weight.parameter.count)
  }

  /// Draws every parameter's first value; each depends on the seed and its place only.
  package func initialize(seed: UInt64) {
    let random = Philox(seed: seed, stream: RandomStream.initialization.rawValue)
    for (number, parameter) in layout.parameters.enumerated() {
      let item = UInt32(number)
      switch parameter.initial {
      case .constant(let value): self[parameter].fill(value)
      case .uniform(let bound): random.fillUniform(self[parameter], bound: bound, item: item)
      case .normal: random.fillNormal(self[parameter], item: item, time: 0)
      }
    }
  }

  /// Makes the copies that backward passes read; to be called whenever the values changed.
  package func flip(_ workers: Workers) {
    workers.each(layout.flipped.count) { i, _ in
      let weight = self.layout.flipped[i]
      flipWeights(
        self[weight.parameter], taps: weight.taps, inputs: weight.inputs, outputs: weight.outputs,
        into: self[weight])
    }
  }
}

/// What random numbers are for; streams of one seed are independent.
package enum RandomStream: UInt32, Sendable {
  case initialization, shuffle, timestep, trainingNoise, dropout, sampling, evaluation, labels
}
