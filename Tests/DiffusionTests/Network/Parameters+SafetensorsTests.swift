// A network takes exactly its tensors from a file, or says which one is wrong.

import Diffusion
import TestSupport
import Testing

@Suite struct ParametersSafetensorsTests {
  @Test(
    arguments: [
      ([("a", [2]), ("b", [1])], nil),
      ([("a", [2])], "\"b\" has no place"),
      ([("a", [2]), ("b", [1]), ("c", [1])], "lacks the tensor \"c\""),
      ([("a", [1, 2]), ("b", [1])], "\"a\" has shape [2]; the configuration needs [1, 2]"),
    ] as [([(String, [Int])], String?)])
  func aModelNeedsExactlyItsTensors(parameters: [(String, [Int])], reason: String?) throws {
    let bytes = Safetensors.encode([
      .init("b", shape: [1], .floats([3])), .init("a", shape: [2], .floats([1, 2])),
    ])
    let file = try Safetensors(bytes: bytes, path: "m")
    let asked = parameters.map { (name: $0.0, shape: $0.1) }
    guard let reason else {
      #expect(try file.parameters(asked) == [[1, 2], [3]])
      return
    }
    let error = #expect(throws: FileError.self) { try file.parameters(asked) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test(.needsFixtures) func aModelOfNonFiniteValuesIsRefusedByName() throws {
    let file = try Safetensors(
      contentsOf: Fixtures.url("safetensors/ok-nan.safetensors").path())
    let error = #expect(throws: FileError.self) { try file.parameters([("w", [4])]) }
    #expect(error?.description.contains("\"w\" holds values that are infinite") == true)
  }
}
