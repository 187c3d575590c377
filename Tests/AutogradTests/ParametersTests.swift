// The layout of parameters and their initial values.

import Autograd
import Kernels
import TestSupport
import Testing

/// A layout with every kind of parameter.
private func layout() -> ParameterLayout {
  var layout = ParameterLayout()
  _ = Convolution("conv", inputs: 12, outputs: 20, in: &layout)
  _ = Convolution("pointwise", inputs: 3, outputs: 5, side: 1, in: &layout)
  _ = Dense("dense", inputs: 50, outputs: 30, in: &layout)
  _ = GroupNorm("norm", channels: 6, groups: 2, epsilon: 1e-5, in: &layout)
  _ = Embedding("classes", rows: 40, columns: 50, in: &layout)
  return layout
}

private func initialized(seed: UInt64) -> Parameters {
  let parameters = Parameters(layout())
  parameters.initialize(seed: seed)
  return parameters
}

@Test func parametersLieApartAndAligned() {
  let layout = layout()
  for (parameter, next) in zip(layout.parameters, layout.parameters.dropFirst()) {
    #expect(parameter.offset + parameter.count <= next.offset)
    #expect(next.offset == FloatMemory.aligned(next.offset))
  }
  #expect(layout.parameterCount == 9 * 240 + 20 + 15 + 5 + 1500 + 30 + 6 + 6 + 2000)
  #expect(Set(layout.parameters.map(\.name)).count == 9)
}

@Test func weightsAndBiasesStartWithinOneOverTheRootOfTheirInputs() {
  let parameters = initialized(seed: 1)
  let bounds: [String: Float] = [
    "conv": 1 / Float(9 * 12).squareRoot(), "pointwise": 1 / Float(3).squareRoot(),
    "dense": 1 / Float(50).squareRoot(),
  ]
  var checked = 0
  for parameter in parameters.layout.parameters {
    guard let bound = parameter.name.split(separator: ".").first.flatMap({ bounds[String($0)] })
    else { continue }
    let values = parameters[parameter].array
    #expect(values.allSatisfy { abs($0) <= bound }, "\(parameter.name)")
    // All of n numbers lie in the inner 9/10 with probability 0.9ⁿ, 2e-7 at n = 150.
    if parameter.count >= 150 {
      #expect(values.contains { abs($0) > 0.9 * bound }, "\(parameter.name)")
    }
    checked += 1
  }
  #expect(checked == 6)
}

@Test func normalisationsStartAsTheIdentityAndTablesAsNormalNumbers() {
  let parameters = initialized(seed: 1)
  func values(_ name: String) -> [Float] {
    parameters.layout.parameters.filter { $0.name == name }.flatMap { parameters[$0].array }
  }
  #expect(values("norm.weight") == [Float](repeating: 1, count: 6))
  #expect(values("norm.bias") == [Float](repeating: 0, count: 6))
  let table = values("classes.weight").doubles
  // Five standard errors of mean and mean square of 2000 numbers.
  let (mean, square) = (table.reduce(0, +) / 2000, table.reduce(0) { $0 + $1 * $1 } / 2000)
  #expect(abs(mean) < 0.112 && abs(square - 1) < 0.159)
}

@Test func firstValuesDependOnTheSeedAlone() {
  let (first, again, other) = (initialized(seed: 1), initialized(seed: 1), initialized(seed: 2))
  #expect(first.values.array == again.values.array)
  for parameter in first.layout.parameters where !parameter.name.hasPrefix("norm") {
    #expect(first[parameter].array != other[parameter].array, "\(parameter.name)")
  }
}

@Test func noTwoParametersStartAlike() {
  let parameters = initialized(seed: 1)
  // Scaled to ±1: the draws behind them, which the bounds would otherwise hide.
  let draws = parameters.layout.parameters.filter { !$0.name.hasPrefix("norm") }.map {
    parameter in
    let values = parameters[parameter].prefix(5)
    return values.map { ($0 / values[0] * 1000).rounded() }
  }
  #expect(Set(draws).count == 7)
}
