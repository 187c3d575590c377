// Speed as ratios: kernels to the peak in the same run, whole networks in images per second.
//
//   swift run -c release Benchmarks [--json] [--in-turn] [NAME...]
//
// With --in-turn, NAME is measured once for each line of standard input, by single runs. Without names
// all are measured. Of several, networks run in a process of their own each: its peak memory is theirs.

import Diffusion
import Foundation

#if DEBUG
  FileHandle.standardError.write(
    Data("Benchmarks measure release builds: swift run -c release Benchmarks\n".utf8))
  exit(64)
#else
  do {
    try Platform.check()
  } catch {
    FileHandle.standardError.write(Data("\(error)\n".utf8))
    exit(69)
  }
  let flags = ["--json", "--in-turn"]
  let arguments = CommandLine.arguments.dropFirst()
  let format: Report.Format = arguments.contains("--json") ? .json : .text
  let names = arguments.filter { !flags.contains($0) }
  let benchmarks = machineBenchmarks + kernelBenchmarks + networkBenchmarks
  if let unknown = names.first(where: { name in !benchmarks.contains { $0.name == name } }) {
    let known = (flags + benchmarks.map(\.name)).joined(separator: " ")
    FileHandle.standardError.write(
      Data("no benchmark is called \(unknown); there are: \(known)\n".utf8))
    exit(64)
  }
  /// Standard output may be a pipe that another process waits at: unbuffered.
  func show(_ report: Report) {
    FileHandle.standardOutput.write(Data((report.line(format) + "\n").utf8))
  }
  /// This program once more, for one benchmark.
  func runApart(_ benchmark: Benchmark) throws {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = arguments.filter { flags.contains($0) } + [benchmark.name]
    try process.run()
    process.waitUntilExit()
    if process.terminationStatus != 0 { exit(process.terminationStatus) }
  }
  let chosen = benchmarks.filter { names.isEmpty || names.contains($0.name) }
  for benchmark in chosen {
    if arguments.contains("--in-turn") {
      try benchmark.runInTurn(show)
    } else if benchmark.place == .ownProcess && chosen.count > 1 {
      try runApart(benchmark)
    } else {
      show(try benchmark.run())
    }
  }
#endif
