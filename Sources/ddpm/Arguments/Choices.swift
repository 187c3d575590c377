// The words a command line chooses among, before they become the library's types.

/// A size of the U-Net.
package enum PresetChoice: String, CaseIterable, Sendable { case tiny, small, base }

/// A shape of the forward process's variances.
package enum ScheduleChoice: String, CaseIterable, Sendable {
  case linear, cosine, quadratic, sigmoid
}

/// A sampler by name.
package enum SamplerName: String, CaseIterable, Sendable { case ddpm, ddim }

/// A way to choose some of the timesteps.
package enum SpacingChoice: String, CaseIterable, Sendable {
  case uniform, quadratic, leading, trailing, linspace
}

/// DDPM's two choices of the reverse process's variance.
package enum VarianceChoice: String, CaseIterable, Sendable { case small, large }

/// A column of the evaluation's table.
package enum MetricChoice: String, CaseIterable, Sendable { case time, bpd, loss }

/// DDIM's stochasticity.
package enum EtaChoice: Hashable, Sendable {
  /// The paper's eta: 0 is deterministic, 1 has DDPM's small variance.
  case number(Double)
  /// The paper's sigma-hat, DDPM's large variance.
  case hat
}

/// Where images come from.
package enum DataChoice: Equatable, Sendable {
  /// A folder of IDX files.
  case folder(String)
  /// The digits the program draws.
  case synthetic
}

/// How much training is paid for.
package enum BudgetChoice: Equatable, Sendable {
  case steps(Int)
  case epochs(Int)
  case minutes(Double)
}

extension ValueFormat where Value == EtaChoice {
  package static var eta: Self {
    let number = ValueFormat<Double>.number(0...1)
    return Self(number.expectation) { text in
      number.read(text).map(EtaChoice.number)
    } write: { eta in
      if case .number(let value) = eta { number.write(value) } else { "" }
    }.or("hat", means: .hat)
  }
}

extension ValueFormat where Value == DataChoice {
  package static var data: Self {
    let path = ValueFormat<String>.path
    return Self("a folder's path") { text in
      path.read(text).map(DataChoice.folder)
    } write: { data in
      if case .folder(let folder) = data { folder } else { "" }
    }.or("synthetic", means: .synthetic)
  }
}

extension ValueFormat where Value == [Int] {
  /// Levels of the U-Net, the first is 1; no attention is no level.
  package static var levels: Self {
    distinctList(of: .integer(1...Limit.levels)).or("none", means: [])
  }
}
