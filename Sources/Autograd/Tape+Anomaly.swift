// Which tensor is the first that is not finite: for a training that diverged.

package import Kernels

extension Tape {
  /// Computes the result once more and looks at every value on the way.
  ///
  /// - Returns: words for the first weight or output of an operation that is infinite or not a number; nil where all are finite.
  package func firstAnomaly() -> String? {
    if let weight = parameters.firstNotFinite { return "the weight \(weight)" }
    var found: String?
    forward { operation in
      if found == nil, !operation.outputs.allSatisfy(isFinite) {
        found = "the output of \(operation.title)"
      }
    }
    return found
  }

  private func isFinite(_ tensor: Tensor) -> Bool {
    sumOfSquares(self[tensor].slice(0, images * tensor.shape.count)).isFinite
  }
}

extension Parameters {
  /// The name of the first parameter with a value that is infinite or not a number.
  var firstNotFinite: String? { layout.firstNotFinite(in: values) }
}

extension ParameterLayout {
  /// The name of the first parameter for which floats in the layout's order are not all finite.
  package func firstNotFinite(in floats: Floats) -> String? {
    parameters.first { !sumOfSquares(floats.slice($0.offset, $0.count)).isFinite }?.name
  }
}

extension Operation {
  /// The operation's kind, with the name of the first of its parameters. They are found by reflection: no
  /// operation needs a property for what is only said when a training has failed.
  fileprivate var title: String {
    let kind = String(describing: type(of: self)).replacing("Operation", with: "")
    let parameters = Mirror(reflecting: self).children.compactMap { $0.value as? Parameter }
    return ([kind] + parameters.prefix(1).map(\.name)).joined(separator: " ")
  }
}
