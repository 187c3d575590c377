// Safetensors files are read strictly, converted rightly and written as the reference writes them.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  private struct Case: Decodable {
    let file: String
    let expect: String
  }

  /// The manifest's "policy" files are legal but suspicious; ours is to refuse them.
  @Test func aPointerOfGitIsCalledOne() {
    let pointer = Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\n".utf8)
    let error = #expect(throws: FileError.self) { try Safetensors(bytes: pointer, path: "x") }
    #expect(error?.description.contains("git lfs pull") == true, "\(String(describing: error))")
  }

  @Test(.needsFixtures) func everyFileOfTheCorpusGetsItsVerdict() throws {
    let manifest = try Data(contentsOf: Fixtures.url("safetensors/manifest.json"))
    let cases = try JSONDecoder().decode([Case].self, from: manifest)
    #expect(cases.count == 43)
    for item in cases {
      let path = try Fixtures.url("safetensors/\(item.file)").path()
      if item.expect == "accept" {
        #expect(throws: Never.self, "\(item.file)") { try Safetensors(contentsOf: path) }
      } else {
        let error = #expect(throws: FileError.self, "\(item.file)") {
          try Safetensors(contentsOf: path)
        }
        guard case .invalid(let reason)? = error?.reason else {
          Issue.record("\(item.file): \(String(describing: error))")
          continue
        }
        #expect(reason.hasPrefix("is not a valid safetensors file: "))
      }
    }
  }

  @Test(.needsFixtures) func everyTruncationIsRefused() throws {
    let url = try Fixtures.url("safetensors/ok-metadata.safetensors")
    let bytes = [UInt8](try Data(contentsOf: url))
    for count in 0..<bytes.count {
      #expect(throws: FileError.self) {
        try Safetensors(bytes: Array(bytes[..<count]), path: "cut")
      }
    }
  }

  @Test(.needsFixtures, arguments: ["metadata", "unicode-name", "unsorted"])
  func noFlippedBitTraps(name: String) throws {
    let url = try Fixtures.url("safetensors/ok-\(name).safetensors")
    let original = [UInt8](try Data(contentsOf: url))
    var refused = 0
    for place in original.indices {
      for bit in 0..<8 {
        var bytes = original
        bytes[place] ^= 1 << bit
        do throws(FileError) {
          let file = try Safetensors(bytes: bytes, path: "flipped")
          for tensor in file.tensors where tensor.element == .float32 {
            #expect(try file.floats(tensor.name).count == tensor.shape.reduce(1, *))
          }
        } catch {
          refused += 1
        }
      }
    }
    #expect(refused > original.count)
  }

  @Test(
    .needsFixtures,
    arguments: [
      "unet/attn14/model", "unet/class10/model", "unet/options/model", "pipeline/uncond/unet",
    ])
  func modelsAreWrittenByteForByte(folder: String) throws {
    let url = try Fixtures.url("\(folder)/diffusion_pytorch_model.safetensors")
    let original = [UInt8](try Data(contentsOf: url))
    let file = try Safetensors(bytes: original, path: url.path())
    let entries = try file.tensors.reversed().map { tensor in
      Safetensors.Entry(tensor.name, shape: tensor.shape, .floats(try file.floats(tensor.name)))
    }
    #expect(Safetensors.encode(entries, metadata: file.metadata) == original)
  }

  @Test func everyTypeIsConverted() throws {
    let file = try file(
      #"{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"#
        + #""b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"#
        + #""i":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},"#
        + #""n":{"dtype":"I8","shape":[1],"data_offsets":[12,13]},"#
        + #""s":{"dtype":"I16","shape":[],"data_offsets":[13,15]}}"#,
      body: [0, 0x3c, 0, 0xc0, 0x80, 0x3f, 0, 0xc0, 0xfe, 0xff, 0xff, 0xff, 0x80, 0, 0x80])
    #expect(try file.floats("h") == [1, -2])
    #expect(try file.floats("b") == [1, -2])
    #expect(try file.integers("i") == [-2])
    #expect(try file.integers("n") == [-128])
    #expect(try file.integers("s") == [-32768])
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let bytes = Safetensors.encode([
      .init("c", shape: [2, 1], .floats([0.1, -3])), .init("d", shape: [], .doubles([0.1])),
      .init("a", shape: [3], .octets([0, 1, 255])), .init("z", shape: [1], .integers([.min])),
      .init("e", shape: [0, 4], .floats([])),
    ])
    let file = try Safetensors(bytes: bytes, path: "memory")
    #expect(file.tensors.map(\.name) == ["z", "d", "c", "e", "a"])
    #expect(file.metadata == ["format": "pt"])
    #expect(try file.floats("c") == [0.1, -3])
    #expect(try file.doubles("d") == [0.1])
    #expect(try file.floats("d") == [0.1])
    #expect(try file.octets("a") == [0, 1, 255])
    #expect(try file.integers("a") == [0, 1, 255])
    #expect(try file.integers("z") == [.min])
    #expect(try file.tensor("e").shape == [0, 4])
  }

  @Test(arguments: ["missing", "c"])
  func wrongNamesAndTypesAreNamed(name: String) throws {
    let file = try Safetensors(
      bytes: Safetensors.encode([.init("c", shape: [1], .octets([1]))]), path: "m")
    let error = #expect(throws: FileError.self) { try file.floats(name) }
    #expect(error?.description.contains("\"\(name)\"") == true)
  }

  @Test func renamingToOneNameIsRefused() throws {
    let bytes = Safetensors.encode([
      .init("a", shape: [1], .floats([1])), .init("b", shape: [1], .floats([2])),
    ])
    let file = try Safetensors(bytes: bytes, path: "m")
    #expect(try file.renamed { $0 + ".x" }.floats("b.x") == [2])
    #expect(throws: FileError.self) { try file.renamed { _ in "same" } }
  }

  @Test(arguments: [("/nowhere/file", "no such file"), ("/", "Is a directory")])
  func whatIsNotAFileIsReported(path: String, reason: String) {
    let error = #expect(throws: FileError.self) { try Safetensors(contentsOf: path) }
    #expect(error?.description.contains(reason) == true)
  }

  private func file(_ header: String, body: [UInt8]) throws -> Safetensors {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    return try Safetensors(bytes: length + Array(header.utf8) + body, path: "memory")
  }
}
