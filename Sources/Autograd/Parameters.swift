// A model's parameters: one flat run of floats with named slices, and derived copies of weights.

package import Kernels

/// A named slice of the parameters.
package struct Parameter: Hashable, Sendable {
  /// What the floats are; they lie in the order the kernels read them.
  package enum Kind: Hashable, Sendable {
    /// One bias or factor per channel.
    case vector(Int)
    /// A dense layer's weights, [inputs, outputs].
    case dense(inputs: Int, outputs: Int)
    /// A convolution's weights, [side, side, inputs, outputs].
    case filter(side: Int, inputs: Int, outputs: Int)
    /// One row per class, [rows, columns].
    case table(rows: Int, columns: Int)
  }

  /// The distribution of a parameter's initial values.
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

/// The list of slices, filled while layers are built.
package struct ParameterLayout: Sendable {
  package private(set) var parameters: [Parameter] = []
  package private(set) var count = 0
  /// Other forms of weights, made from the parameters.
  private(set) var derived: [DerivedWeight] = []
  private(set) var derivedCounts: [Tape.Purpose: Int] = [:]

  package init() {}

  /// A slice of its own.
  package mutating func add(
    _ name: String, _ kind: Parameter.Kind, _ initial: Parameter.Initial
  ) -> Parameter {
    let parameter = Parameter(name: name, kind: kind, initial: initial, offset: count)
    parameters.append(parameter)
    count += FloatMemory.aligned(parameter.count)
    return parameter
  }

  /// A weight in another form.
  mutating func add(
    _ form: DerivedWeight.Form, of parameter: Parameter, taps: Int = 1, inputs: Int, outputs: Int
  ) -> DerivedWeight {
    let weight = DerivedWeight(
      form: form, parameter: parameter, taps: taps, inputs: inputs, outputs: outputs,
      offset: derivedCounts[form.purpose, default: 0])
    derived.append(weight)
    derivedCounts[form.purpose, default: 0] += FloatMemory.aligned(weight.count)
    return weight
  }

  /// The number of parameters, without the gaps that align them.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}

/// The parameters' values. Tapes read them from many threads; only an optimizer between two runs
/// writes.
package final class Parameters: Sendable {
  package let layout: ParameterLayout
  private let memory: FloatMemory
  private let derivedMemory: [Tape.Purpose: FloatMemory]
  /// Whether the derived weights are those of the current values.
  private let isDerived = Locked(false)

  /// - Parameter purpose: parameters for inference have no room for what backward passes read.
  package init(_ layout: ParameterLayout, for purpose: Tape.Purpose = .training) {
    self.layout = layout
    memory = FloatMemory(count: layout.count)
    derivedMemory = layout.derivedCounts
      .filter { $0.key == .inference || purpose == .training }
      .mapValues { FloatMemory(count: $0) }
  }

  /// Parameters without values, for a tape that is only planned: how large they would be does not matter.
  ///
  /// - Parameter layout: theirs.
  package init(planning layout: ParameterLayout) {
    self.layout = layout
    memory = FloatMemory(count: 0)
    derivedMemory = [:]
  }

  /// All values, in the layout's order.
  package var values: Floats { memory.all }

  package subscript(parameter: Parameter) -> Floats {
    memory.all.slice(parameter.offset, parameter.count)
  }

  subscript(weight: DerivedWeight) -> Floats {
    guard let memory = derivedMemory[weight.form.purpose] else {
      preconditionFailure("\(weight.parameter.name): a backward pass of parameters for inference")
    }
    return memory.all.slice(weight.offset, weight.count)
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
    isDerived.withLock { $0 = false }
  }

  /// Computes the derived weights if the values have changed since the last time. Any number of
  /// threads may call this; the first one does the work.
  package func derive(_ workers: Workers) {
    isDerived.withLock { isDone in
      if isDone { return }
      let weights = layout.derived.filter { derivedMemory[$0.form.purpose] != nil }
      workers.each(weights.count) { i, _ in
        weights[i].make(from: self[weights[i].parameter], into: self[weights[i]])
      }
      isDone = true
    }
  }
}
