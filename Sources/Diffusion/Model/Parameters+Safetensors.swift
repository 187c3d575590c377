// A network's parameters to and from a safetensors file, in diffusers' names and shapes.

package import Autograd
package import Kernels

extension Parameters {
  /// Sets every parameter from a file.
  ///
  /// - Throws: `FileError` that names the tensor that is missing, extra or of another shape.
  package func load(_ file: Safetensors) throws(FileError) {
    let loaded = try file.parameters(layout.parameters.map { ($0.name, $0.fileShape) })
    for (parameter, floats) in zip(layout.parameters, loaded) {
      parameter.setFileValues(floats, in: values)
    }
    markChanged()
  }
}

extension ParameterLayout {
  /// The tensors of a run of floats in this layout's order: the parameters or their average.
  package func entries(_ run: Floats) -> [Safetensors.Entry] {
    parameters.map {
      Safetensors.Entry($0.name, shape: $0.fileShape, .floats($0.fileValues(in: run)))
    }
  }
}
