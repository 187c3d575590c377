// Parameters in the axis order of files: outputs first, filters last.

package import Kernels
internal import Numerics

extension Parameter {
  /// The shape in a file: [outputs, inputs, side, side], [outputs, inputs], [rows, columns], [n].
  package var fileShape: [Int] {
    switch kind {
    case .vector(let count): [count]
    case .dense(let inputs, let outputs): [outputs, inputs]
    case .filter(let side, let inputs, let outputs): [outputs, inputs, side, side]
    case .table(let rows, let columns): [rows, columns]
    }
  }

  /// The three axes in memory order; a file has them reversed.
  private var axes: (Int, Int, Int)? {
    switch kind {
    case .vector, .table: nil
    case .dense(let inputs, let outputs): (1, inputs, outputs)
    case .filter(let side, let inputs, let outputs): (side * side, inputs, outputs)
    }
  }

  /// This parameter's slice of a run of floats in the layout's order, as a file has it.
  package func fileValues(in run: Floats) -> [Float] {
    let values = run.slice(offset, count)
    guard let axes else { return values.array }
    let copy = FloatMemory(count: count)
    reverseAxes(values, axes.0, axes.1, axes.2, into: copy.all)
    return copy.array
  }

  /// Sets this parameter's slice of a run of floats from a file's values.
  package func setFileValues(_ values: [Float], in run: Floats) {
    precondition(values.count == count, "\(name): \(values.count) values for \(fileShape)")
    let target = run.slice(offset, count)
    guard let axes else { return target.copy(from: values) }
    let copy = FloatMemory(count: count)
    copy.all.copy(from: values)
    reverseAxes(copy.all, axes.2, axes.1, axes.0, into: target)
  }
}
