// A model's parameters: one flat run of floats with named slices, and derived copies of weights.

package import Kernels
import Synchronization

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

/// A weight in another form, made again whenever the parameters changed.
package struct DerivedWeight: Hashable, Sendable {
  /// What the form is for.
  enum Form: Hashable, Sendable {
    /// As the input gradient reads it: taps reversed, inputs and outputs exchanged.
    case flipped(taps: Int, inputs: Int, outputs: Int)
    /// Transformed for Winograd's convolution; from the weight, or from its flipped form.
    case winograd(pairs: Int)
  }

  let form: Form
  /// Where the numbers it is made from start: in the parameters, or in the derived weights.
  let source: Source
  let offset: Int
  let count: Int

  enum Source: Hashable, Sendable {
    case parameter(Parameter)
    case derived(offset: Int, count: Int)
  }

  /// Whether only a backward pass reads it.
  var isForTraining: Bool {
    if case .winograd = form, case .parameter = source { false } else { true }
  }
}

/// Which slices there are: made while layers are built.
package struct ParameterLayout: Sendable {
  package private(set) var parameters: [Parameter] = []
  package private(set) var count = 0
  /// In an order in which each comes after what it is made from.
  private(set) var derived: [DerivedWeight] = []
  private(set) var derivedCount = 0

  package init() {}

  mutating func add(
    _ name: String, _ kind: Parameter.Kind, _ initial: Parameter.Initial
  ) -> Parameter {
    let parameter = Parameter(name: name, kind: kind, initial: initial, offset: count)
    parameters.append(parameter)
    count += FloatMemory.aligned(parameter.count)
    return parameter
  }

  /// The weight as its input gradient reads it.
  mutating func addFlipped(
    _ parameter: Parameter, taps: Int, inputs: Int, outputs: Int
  ) -> DerivedWeight {
    add(
      .flipped(taps: taps, inputs: inputs, outputs: outputs), .parameter(parameter),
      count: parameter.count)
  }

  /// A 3x3 filter transformed for Winograd's convolution.
  mutating func addWinograd(_ parameter: Parameter, inputs: Int, outputs: Int) -> DerivedWeight {
    add(
      .winograd(pairs: inputs * outputs), .parameter(parameter),
      count: WinogradShape.weightCount(inputs: inputs, outputs: outputs))
  }

  /// The same of the flipped filter.
  mutating func addWinograd(_ flipped: DerivedWeight, inputs: Int, outputs: Int) -> DerivedWeight {
    add(
      .winograd(pairs: inputs * outputs), .derived(offset: flipped.offset, count: flipped.count),
      count: WinogradShape.weightCount(inputs: inputs, outputs: outputs))
  }

  private mutating func add(
    _ form: DerivedWeight.Form, _ source: DerivedWeight.Source, count: Int
  ) -> DerivedWeight {
    let weight = DerivedWeight(form: form, source: source, offset: derivedCount, count: count)
    derived.append(weight)
    derivedCount += FloatMemory.aligned(count)
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
  private let derivedMemory: FloatMemory
  /// Whether the derived weights follow from the values as they are.
  private let derivedFor = Mutex<Set<Tape.Purpose>>([])

  package init(_ layout: ParameterLayout) {
    self.layout = layout
    memory = FloatMemory(count: layout.count)
    derivedMemory = FloatMemory(count: layout.derivedCount)
  }

  /// All values, in the layout's order.
  package var values: Floats { memory.all }

  package subscript(parameter: Parameter) -> Floats {
    memory.all.slice(parameter.offset, parameter.count)
  }

  subscript(weight: DerivedWeight) -> Floats {
    derivedMemory.all.slice(weight.offset, weight.count)
  }

  /// Draws every parameter's first value; each depends on the seed and its place only.
  package func initialize(seed: UInt64) {
    markChanged()
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

  /// To be called whenever the values were changed.
  package func markChanged() {
    derivedFor.withLock { $0 = [] }
  }

  /// Makes the weights' other forms, unless the values have not changed since; any number of threads
  /// may ask, the first one does the work.
  package func derive(for purpose: Tape.Purpose, _ workers: Workers) {
    derivedFor.withLock { done in
      if done.contains(purpose) || done.contains(.training) { return }
      let wanted = layout.derived.filter { purpose == .training || !$0.isForTraining }
      // Flipped weights are what transformed ones may be made from.
      for isFirst in [true, false] {
        let weights = wanted.filter { isFirst == $0.source.isParameter }
        workers.each(weights.count) { i, _ in self.make(weights[i]) }
      }
      done.insert(purpose)
    }
  }

  private func make(_ weight: DerivedWeight) {
    let source =
      switch weight.source {
      case .parameter(let parameter): self[parameter]
      case .derived(let offset, let count): derivedMemory.all.slice(offset, count)
      }
    switch weight.form {
    case .flipped(let taps, let inputs, let outputs):
      flipWeights(source, taps: taps, inputs: inputs, outputs: outputs, into: self[weight])
    case .winograd(let pairs):
      winogradWeights(source, pairs: pairs, into: self[weight])
    }
  }
}

extension DerivedWeight.Source {
  fileprivate var isParameter: Bool {
    if case .parameter = self { true } else { false }
  }
}

/// What random numbers are for; streams of one seed are independent.
package enum RandomStream: UInt32, Sendable {
  case initialization, shuffle, timestep, trainingNoise, sampling, evaluation
  /// One a layer, from this one on.
  case dropout
}
