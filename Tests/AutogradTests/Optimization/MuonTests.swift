// Muon against a reference in double precision, what it makes of singular values, and what it leaves to Adam.

import Autograd
import Foundation
import Kernels
import TestSupport
import Testing

@Suite struct MuonTests {
  /// A tall and a wide matrix, a convolution, and what is no matrix.
  private static let layout: ParameterLayout = {
    var layout = ParameterLayout()
    _ = Dense("tall", inputs: 21, outputs: 9, in: &layout)
    _ = GroupNorm("norm", channels: 12, groups: 3, epsilon: 1e-5, in: &layout)
    _ = Dense("wide", inputs: 10, outputs: 33, in: &layout)
    _ = Convolution("convolution", inputs: 5, outputs: 13, in: &layout)
    _ = Convolution("thin", inputs: 1, outputs: 13, in: &layout)
    return layout
  }()

  private static let matrices = [
    "tall.weight": (21, 9), "wide.weight": (10, 33), "convolution.weight": (45, 13),
    "thin.weight": (9, 13),
  ]

  private static let (rate, scale, decays) = (0.01, 0.5, [0, 0.75])

  private static func gradients(_ step: Int) -> FloatMemory {
    let memory = FloatMemory(count: layout.count)
    Philox(seed: UInt64(step), stream: 0).fillNormal(memory.all, item: 0, time: 0)
    return memory
  }

  /// The parameters, their average and their momentum after two steps.
  private func run(threads: Int) -> (values: Parameters, ema: Parameters, momentum: FloatMemory) {
    let (parameters, ema) = (Parameters(Self.layout), Parameters(Self.layout))
    let momentum = FloatMemory(count: Self.layout.count)
    parameters.initialize(seed: 1)
    ema.values.copy(from: parameters.values)
    let muon = Muon(Self.layout, threads: threads)
    for (step, decay) in Self.decays.enumerated() {
      let gradients = Self.gradients(step)
      defer { withExtendedLifetime(gradients) {} }
      muon.step(
        parameters, gradients: gradients.all, gradientScale: Self.scale,
        momentum: momentum.all, ema: ema, emaDecay: decay, learningRate: Self.rate)
    }
    return (parameters, ema, momentum)
  }

  @Test func twoStepsFollowTheDoubleReference() {
    let start = Parameters(Self.layout)
    start.initialize(seed: 1)
    let run = run(threads: 2)
    for parameter in Self.layout.parameters {
      let place = parameter.offset..<parameter.offset + parameter.count
      guard let (rows, columns) = Self.matrices[parameter.name] else {
        #expect(run.values[parameter].array == start[parameter].array, "\(parameter.name)")
        continue
      }
      var (p, m) = (
        start[parameter].array.map(Double.init), [Double](repeating: 0, count: place.count)
      )
      var ema = p
      for (step, decay) in Self.decays.enumerated() {
        let gradients = Self.gradients(step)
        let g = withExtendedLifetime(gradients) {
          gradients.all.array[place].map { Double($0) * Self.scale }
        }
        m = zip(m, g).map { 0.95 * $0 + $1 }
        let update = orthogonal(zip(m, g).map { 0.95 * $0 + $1 }, rows, columns)
        let length = Self.rate * 0.2 * Double(max(rows, columns)).squareRoot()
        p = zip(p, update).map { $0 - length * $1 }
        ema = zip(ema, p).map { decay * $0 + (1 - decay) * $1 }
      }
      // Updates are below 0.02, and five rounds of the iteration keep five of their digits.
      for (found, expected) in [(run.values, p), (run.ema, ema)] {
        let worst = zip(found[parameter].array, expected).map { abs(Double($0) - $1) }.max() ?? 1
        #expect(worst < 1e-6, "\(parameter.name): \(worst)")
      }
    }
  }

  /// Newton and Schulz's iteration as the paper has it, on the matrix with fewer rows than columns.
  private func orthogonal(_ matrix: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    if rows > columns {
      return Reference.transpose(
        orthogonal(Reference.transpose(matrix, columns: columns), columns, rows), columns: rows)
    }
    let norm = matrix.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var x = matrix.map { $0 / norm }
    for _ in 0..<5 {
      let gram = Reference.product(x, Reference.transpose(x, columns: columns), depth: columns)
      let square = Reference.product(gram, gram, depth: rows)
      let factor = zip(gram, square).map { -4.7750 * $0 + 2.0315 * $1 }
      x = zip(x, Reference.product(factor, x, depth: rows)).map { 3.4445 * $0 + $1 }
    }
    return x
  }

  /// However uneven a gradient's singular values are, each direction moves about as far.
  @Test func everyDirectionMovesAboutAsFar() throws {
    let weight = try #require(Self.layout.parameters.first { $0.name == "tall.weight" })
    let columns = 9
    // One 1.5-fold larger after the other, each along a row of its own.
    let gradients = FloatMemory(count: Self.layout.count)
    for column in 0..<columns {
      gradients.all[weight.offset + column * columns + column] = pow(1.5, Float(column))
    }
    let (parameters, ema) = (Parameters(Self.layout), Parameters(Self.layout))
    let momentum = FloatMemory(count: Self.layout.count)
    Muon(Self.layout, threads: 1).step(
      parameters, gradients: gradients.all, gradientScale: 1, momentum: momentum.all, ema: ema,
      emaDecay: 0, learningRate: Self.rate)
    let length = Self.rate * 0.2 * 21.0.squareRoot()
    for column in 0..<columns {
      let moved = -Double(parameters[weight].array[column * columns + column]) / length
      #expect((0.6...1.3).contains(moved), "\(column): \(moved)")
    }
  }

  @Test(arguments: [2, 3, 7]) func anyNumberOfThreadsGivesTheSameBytes(threads: Int) {
    let (one, many) = (run(threads: 1), run(threads: threads))
    #expect(one.values.values.array == many.values.values.array)
    #expect(one.ema.values.array == many.ema.values.array)
    #expect(one.momentum.all.array == many.momentum.all.array)
  }

  @Test func gradientsOfZeroMoveNothing() {
    let (parameters, ema) = (Parameters(Self.layout), Parameters(Self.layout))
    parameters.initialize(seed: 1)
    let before = parameters.values.array
    let (zeros, momentum) = (
      FloatMemory(count: Self.layout.count), FloatMemory(count: Self.layout.count)
    )
    Muon(Self.layout, threads: 1).step(
      parameters, gradients: zeros.all, gradientScale: 1, momentum: momentum.all, ema: ema,
      emaDecay: 0, learningRate: 1)
    #expect(parameters.values.array == before)
  }

  /// What Muon updates Adam leaves alone, and the other way round.
  @Test func adamUpdatesTheRest() {
    let (parameters, ema) = (Parameters(Self.layout), Parameters(Self.layout))
    parameters.initialize(seed: 1)
    let before = parameters.values.array
    let (muon, gradients) = (Muon(Self.layout, threads: 1), Self.gradients(0))
    defer { withExtendedLifetime(gradients) {} }
    AdamW().step(
      1, parameters, gradients: gradients.all, norm: 1, moments: .init(Self.layout),
      ema: ema, emaDecay: 0, learningRate: 1, workers: Workers(count: 1), except: muon.parameters)
    #expect(Set(muon.parameters.map(\.name)) == Set(Self.matrices.keys))
    for parameter in Self.layout.parameters {
      let place = parameter.offset..<parameter.offset + parameter.count
      let isMoved = zip(parameters.values.array[place], before[place]).allSatisfy(!=)
      #expect(isMoved == (Self.matrices[parameter.name] == nil), "\(parameter.name)")
    }
  }
}
