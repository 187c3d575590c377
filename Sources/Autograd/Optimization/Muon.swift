// Muon (Jordan et al. 2024): momentum whose matrices are made orthogonal, for weights that are matrices.

package import Kernels

/// Muon over the weights of convolutions and dense layers; all other parameters are Adam's.
///
/// A weight's momentum U S Vᵀ becomes about U Vᵀ: directions that gradients rarely point to move as far as
/// the others. A convolution's weights are the matrix [taps · inputs, outputs].
package final class Muon: Sendable {
  /// A weight as a matrix.
  private struct Matrix {
    let parameter: Parameter
    let rows: Int
    let columns: Int
  }

  /// What one worker needs to make a matrix orthogonal.
  private struct Workspace {
    let x: FloatMemory
    let next: FloatMemory
    let gram: FloatMemory
    let square: FloatMemory
  }

  private let matrices: [Matrix]
  private let workspaces: [Workspace]

  /// The momentum's decay.
  private static let momentum = 0.95
  /// The root mean square of an update is this times the learning rate, about Adam's, so that both can
  /// have one learning rate (Liu et al. 2025, Section 2.2).
  private static let rootMeanSquare = 0.2
  /// Newton and Schulz's iteration: x ← a x + b x(xᵀx) + c x(xᵀx)², whose singular values come near 1
  /// in five rounds.
  private static let coefficients = (a: 3.4445, b: -4.7750, c: 2.0315)
  private static let rounds = 5
  /// Matrices with fewer rows or columns are Adam's: a row alone has no other direction.
  private static let leastSide = 8

  /// - Parameter threads: how many matrices are worked on at a time.
  package init(_ layout: ParameterLayout, threads: Int) {
    let matrices = layout.parameters.compactMap(Muon.matrix)
    let most = matrices.map(\.parameter.count).max() ?? 0
    let side = matrices.map { min($0.rows, $0.columns) }.max() ?? 0
    workspaces = (0..<min(threads, max(1, matrices.count))).map { _ in
      Workspace(
        x: FloatMemory(count: most), next: FloatMemory(count: most),
        gram: FloatMemory(count: side * side), square: FloatMemory(count: side * side))
    }
    self.matrices = matrices
  }

  private static func matrix(_ parameter: Parameter) -> Matrix? {
    let (rows, columns): (Int, Int)
    switch parameter.kind {
    case .vector, .table: return nil
    case .dense(let inputs, let outputs): (rows, columns) = (inputs, outputs)
    case .filter(let side, let inputs, let outputs):
      (rows, columns) = (side * side * inputs, outputs)
    }
    guard min(rows, columns) >= leastSide else { return nil }
    return Matrix(parameter: parameter, rows: rows, columns: columns)
  }

  /// The parameters that are not Adam's.
  package var parameters: [Parameter] { matrices.map(\.parameter) }

  /// Updates the matrices by one step, and their EMA.
  ///
  /// - Parameters:
  ///   - gradients: of all parameters, in the layout's order.
  ///   - gradientScale: what they are multiplied by first.
  ///   - momentum: of all parameters; those of the matrices are changed.
  ///   - emaDecay: the EMA's decay; 0 copies the parameters.
  package func step(
    _ parameters: Parameters, gradients: Floats, gradientScale: Double, momentum: Floats,
    ema: Parameters, emaDecay: Double, learningRate: Double
  ) {
    Workers(count: workspaces.count).each(matrices.count) { index, worker in
      let (matrix, workspace) = (matrices[index], workspaces[worker])
      let parameter = matrix.parameter
      func part(_ floats: Floats) -> Floats { floats.slice(parameter.offset, parameter.count) }
      let (gradient, velocity) = (part(gradients), part(momentum))
      combine(Muon.momentum, velocity, gradientScale, gradient, into: velocity)
      // Nesterov's form: the momentum as it will be if the next gradient is this one.
      let update = workspace.x.all.slice(0, parameter.count)
      combine(Muon.momentum, velocity, gradientScale, gradient, into: update)
      let orthogonal = Muon.orthogonal(
        update, rows: matrix.rows, columns: matrix.columns, workspace)
      let scale = Muon.rootMeanSquare * Double(max(matrix.rows, matrix.columns)).squareRoot()
      let values = parameters[parameter]
      combine(1, values, -learningRate * scale, orthogonal, into: values)
      let average = ema[parameter]
      combine(emaDecay, average, 1 - emaDecay, values, into: average)
    }
  }

  /// A matrix with its singular values near 1, in the workspace; `x` lies there too and is lost.
  private static func orthogonal(
    _ x: Floats, rows: Int, columns: Int, _ workspace: Workspace
  ) -> Floats {
    let next = workspace.next.all.slice(0, x.count)
    guard rows >= columns else {
      flipWeights(x, taps: 1, inputs: rows, outputs: columns, into: next)
      x.copy(from: next)
      let tall = orthogonalTall(x, next, rows: columns, columns: rows, workspace)
      let other = tall.startsWhere(x) ? next : x
      flipWeights(tall, taps: 1, inputs: columns, outputs: rows, into: other)
      return other
    }
    return orthogonalTall(x, next, rows: rows, columns: columns, workspace)
  }

  private static func orthogonalTall(
    _ x: Floats, _ next: Floats, rows: Int, columns: Int, _ workspace: Workspace
  ) -> Floats {
    let norm = sumOfSquares(x).squareRoot()
    combine(norm > 0 ? 1 / norm : 0, x, 0, x, into: x)
    var (x, next) = (x, next)
    let gram = workspace.gram.all.slice(0, columns * columns)
    let square = workspace.square.all.slice(0, columns * columns)
    for _ in 0..<rounds {
      gram.fill(0)
      productWeightGradient(x, dy: x, rows: rows, inputs: columns, outputs: columns, addedTo: gram)
      matrixProduct(
        gram, rows: columns, depth: columns, gram, columns: columns, rowLength: columns,
        into: square)
      combine(coefficients.b, gram, coefficients.c, square, into: gram)
      matrixProduct(
        x, rows: rows, depth: columns, gram, columns: columns, rowLength: columns, into: next)
      combine(coefficients.a, x, 1, next, into: next)
      swap(&x, &next)
    }
    return x
  }
}
