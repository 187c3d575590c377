// A network's parameters to and from a safetensors file, in diffusers' names and shapes.

package import Autograd
package import Kernels
internal import Numerics

extension Parameters {
  /// Sets every parameter from a file.
  ///
  /// - Throws: `FileError` that names the tensor that is missing, extra or of another shape.
  package func load(_ file: Safetensors) throws(FileError) {
    try layout.load(file, into: values)
    markChanged()
  }
}

extension ParameterLayout {
  /// Makes sure that a file holds this layout's tensors, before memory is taken for them.
  ///
  /// - Throws: `FileError` that names the tensor that is missing, extra or of another shape.
  package func check(_ file: Safetensors) throws(FileError) {
    try file.check(parameters.map { ($0.name, $0.fileShape) })
  }

  /// Sets a run of floats in this layout's order from a file.
  ///
  /// - Throws: `FileError` that names the tensor that is missing, extra or of another shape.
  package func load(_ file: Safetensors, into run: Floats) throws(FileError) {
    let loaded = try file.parameters(parameters.map { ($0.name, $0.fileShape) })
    for (parameter, floats) in zip(parameters, loaded) { parameter.setFileValues(floats, in: run) }
  }

  /// The tensors of a run of floats in this layout's order.
  package func entries(_ run: Floats) -> [Safetensors.Entry] {
    parameters.map {
      Safetensors.Entry($0.name, shape: $0.fileShape, .floats($0.fileValues(in: run)))
    }
  }
}

extension Safetensors {
  /// Makes sure that the file holds exactly these tensors.
  ///
  /// - Parameter parameters: as in `parameters(_:)`.
  /// - Throws: `FileError` that names the first tensor that is missing, of another shape, or not asked for.
  fileprivate func check(_ parameters: [(name: String, shape: [Int])]) throws(FileError) {
    for (name, shape) in parameters {
      let tensor = try tensor(name)
      if tensor.shape != shape {
        let shapes = "has shape \(tensor.shape); the configuration needs \(shape)"
        throw FileError(path: path, .invalid("the tensor \"\(name)\" \(shapes)"))
      }
    }
    let known = Set(parameters.map(\.name))
    if let extra = tensors.first(where: { !known.contains($0.name) }) {
      let reason = "the tensor \"\(extra.name)\" has no place in the configured network"
      throw FileError(path: path, .invalid(reason))
    }
  }

  /// The values of exactly these tensors, in the order asked for.
  ///
  /// - Parameter parameters: the names of a network's tensors with their shapes, the outermost
  ///   dimension first.
  /// - Throws: `FileError` that names the first tensor that is missing, of another shape or type,
  ///   not finite, or not asked for.
  package func parameters(
    _ parameters: [(name: String, shape: [Int])]
  ) throws(FileError) -> [[Float]] {
    try check(parameters)
    var values: [[Float]] = []
    for (name, _) in parameters {
      let tensor = try floats(name)
      guard allFinite(tensor) else {
        let reason = "the tensor \"\(name)\" holds values that are infinite or not a number"
        throw FileError(path: path, .invalid(reason))
      }
      values.append(tensor)
    }
    return values
  }
}
