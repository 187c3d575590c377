// A network's parameters to and from a safetensors file, in diffusers' names and shapes.

package import Autograd
package import Kernels

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
