// libFuzzer round a reader: `Fuzz --target=NAME [FLAG|FOLDER]...` looks for faults, and
// `Fuzz --target=NAME --replay FILE...` says what becomes of files.
//
// The pointers are those of libFuzzer's C interface.

import Files
import Foundation
import Fuzzing

/// libFuzzer's driver, which passes over flags that begin with two dashes.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: inout CInt, _ words: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// libFuzzer's own change of some bytes; returns how many there then are.
@_silgen_name("LLVMFuzzerMutate")
private func mutate(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int

private enum Chosen {
  static let target = FuzzTarget.all.first { CommandLine.arguments.contains("--target=\($0.name)") }
}

/// A change of some bytes, the sums around them made right every other time.
@_cdecl("LLVMFuzzerCustomMutator")
public func customMutator(
  _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: CUnsignedInt
) -> Int {
  let count = mutate(bytes, count, most)
  guard seed.isMultiple(of: 2), let target = Chosen.target else { return count }
  let changed = Array(UnsafeBufferPointer(start: bytes, count: count))
  for (place, byte) in target.repaired(changed).enumerated() { bytes[place] = byte }
  return count
}

private func replay(_ target: FuzzTarget, _ files: [String]) {
  for file in files {
    // Foundation's own reading leaks what it takes for an empty file.
    guard let bytes = try? readFile(file) else { continue }
    let outcome =
      switch target.outcome(of: bytes) {
      case .accepted(let content): "accepted " + CRC32.text(of: content)
      case .refused(let sentence): "refused \(sentence)"
      }
    print("\(file)\t\(outcome)")
  }
}

guard let target = Chosen.target else {
  print("usage: Fuzz --target=\(FuzzTarget.all.map(\.name).joined(separator: "|")) ...")
  exit(64)
}
if CommandLine.arguments.contains("--replay") {
  replay(target, CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("--") })
  exit(0)
}
var count = CommandLine.argc
var words = CommandLine.unsafeArgv
exit(
  runDriver(&count, &words) { bytes, count in
    _ = Chosen.target?.outcome(of: Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  })
