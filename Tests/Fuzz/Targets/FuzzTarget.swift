// What a fuzzer feeds: a reader of bytes from outside, and what must hold of all that it accepts.

import Files
import Foundation
import ddpm

/// A reader under test.
package struct FuzzTarget: Sendable {
  /// What became of some bytes.
  package enum Outcome: Equatable {
    /// They were read; a second reader must find this content in them.
    case accepted(content: [UInt8])
    /// They were refused, in this sentence.
    case refused(String)
  }

  /// The word that chooses it, and the folder of its corpus.
  package let name: String
  /// The content of some bytes, once what is written from it has been read again and found equal.
  private let read: @Sendable ([UInt8]) throws -> [UInt8]
  /// The bytes with the check sums right that a change of them would have made wrong.
  package let repaired: @Sendable ([UInt8]) -> [UInt8]

  package static let all = [idx, safetensors, json, configuration, npy, png, arguments]

  /// What the bytes are called in errors.
  static let path = "input"

  init(
    _ name: String, repaired: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 },
    read: @escaping @Sendable ([UInt8]) throws -> [UInt8]
  ) {
    (self.name, self.read, self.repaired) = (name, read, repaired)
  }

  /// Reads the bytes; a trap, an error of another type and a broken promise end the process.
  package func outcome(of bytes: [UInt8]) -> Outcome {
    do {
      return .accepted(content: try read(bytes))
    } catch let error as FileError {
      // Where the file lay differs from run to run.
      return refused(error.reason)
    } catch let error as JSONError {
      return refused(.invalid("is not valid JSON: \(error)"))
    } catch let error as UsageError {
      return .refused(sentence(error.description.printable))
    } catch {
      demand(false, "an error that no user should see: \(error)")
      return .refused("\(error)")
    }
  }

  private func refused(_ reason: FileError.Reason) -> Outcome {
    .refused(sentence(FileError(path: Self.path, reason).description))
  }

  private func sentence(_ text: String) -> String {
    demand(
      !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "no sentence: \(text)")
    return text
  }
}

/// Ends the process, with words, unless the claim holds: release builds print nothing of a failed
/// precondition.
func demand(_ holds: Bool, _ claim: @autoclosure () -> String) {
  if holds { return }
  FileHandle.standardError.write(Data("broken promise: \(claim())\n".utf8))
  abort()
}
