// Parameters keep their values on the way to a file's axis order and back.

import Autograd
import Kernels
import TestSupport
import Testing

private func parameters() -> Parameters {
  var layout = ParameterLayout()
  _ = Convolution("conv", inputs: 2, outputs: 5, in: &layout)
  _ = Dense("dense", inputs: 3, outputs: 4, in: &layout)
  _ = Embedding("classes", rows: 3, columns: 2, in: &layout)
  let parameters = Parameters(layout)
  parameters.values.copy(from: uniform(layout.count, seed: 1))
  return parameters
}

@Test func filesHaveOutputsFirst() {
  #expect(
    parameters().layout.parameters.map(\.fileShape) == [[5, 2, 3, 3], [5], [4, 3], [4], [3, 2]])
}

@Test func aFilterInAFileIsOutputsInputsRowsColumns() {
  let parameters = parameters()
  let filter = parameters.layout.parameters[0]
  let (ours, file) = (parameters[filter].array, filter.fileValues(in: parameters.values))
  for output in 0..<5 {
    for input in 0..<2 {
      for tap in 0..<9 {
        #expect(file[(output * 2 + input) * 9 + tap] == ours[(tap * 2 + input) * 5 + output])
      }
    }
  }
}

@Test func aDenseLayersWeightsInAFileAreOutputsInputs() {
  let parameters = parameters()
  let weights = parameters.layout.parameters[2]
  let (ours, file) = (parameters[weights].array, weights.fileValues(in: parameters.values))
  #expect(file.doubles == Reference.transpose(ours.doubles, columns: 4))
}

@Test func vectorsAndTablesAreInAFileAsTheyAre() {
  let parameters = parameters()
  for index in [1, 3, 4] {
    let parameter = parameters.layout.parameters[index]
    #expect(parameter.fileValues(in: parameters.values) == parameters[parameter].array)
  }
}

@Test func whatIsReadIsWhatWasWritten() {
  let parameters = parameters()
  let copy = Parameters(parameters.layout)
  for parameter in parameters.layout.parameters {
    parameter.setFileValues(parameter.fileValues(in: parameters.values), in: copy.values)
    #expect(copy[parameter].array == parameters[parameter].array, "\(parameter.name)")
  }
}
