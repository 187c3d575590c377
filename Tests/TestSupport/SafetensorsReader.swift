// A second, minimal reader of safetensors, independent of the library's: it trusts its input.

import Foundation
import Testing

/// The tensors of a trusted safetensors file, all widened to Double.
package struct SafetensorsReader {
  /// A tensor: its shape and its values in row-major order.
  package typealias Tensor = (shape: [Int], values: [Double])
  package let tensors: [String: Tensor]

  package init(_ url: URL) throws {
    let data = try Data(contentsOf: url)
    let start = 8 + data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let parsed = try JSONSerialization.jsonObject(with: data[8..<start])
    var tensors: [String: Tensor] = [:]
    for (name, entry) in try #require(parsed as? [String: [String: Any]])
    where name != "__metadata__" {
      let range = try #require(entry["data_offsets"] as? [Int])
      let bytes = Array(data[start + range[0]..<start + range[1]])
      func values<T>(_ type: T.Type, _ widen: (T) -> Double) -> [Double] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<T>.size).map { offset in
          bytes.withUnsafeBytes { widen($0.loadUnaligned(fromByteOffset: offset, as: type)) }
        }
      }
      let widened =
        switch try #require(entry["dtype"] as? String) {
        case "F32": values(Float.self) { Double($0) }
        case "F64": values(Double.self) { $0 }
        case "I64": values(Int64.self) { Double($0) }
        case let other: try #require(nil as [Double]?, "no reader for \(other)")
        }
      tensors[name] = (try #require(entry["shape"] as? [Int]), widened)
    }
    self.tensors = tensors
  }

  /// The tensor of that name; a test that asks for one that is not there fails.
  package subscript(name: String) -> Tensor {
    get throws { try #require(tensors[name], "no tensor \(name)") }
  }
}
