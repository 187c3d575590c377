// Speed as ratios: kernels to the machine's peak in the same run, whole networks in images a second.
//
//   swift run -c release Benchmarks [--json] [NAME...]

import Foundation

#if DEBUG
  FileHandle.standardError.write(
    Data("Benchmarks measure release builds: swift run -c release Benchmarks\n".utf8))
  exit(64)
#else
  let arguments = CommandLine.arguments.dropFirst()
  let format: Report.Format = arguments.contains("--json") ? .json : .text
  let names = arguments.filter { $0 != "--json" }
  let benchmarks = machineBenchmarks + kernelBenchmarks + networkBenchmarks
  if let unknown = names.first(where: { name in !benchmarks.contains { $0.name == name } }) {
    let known = benchmarks.map(\.name).joined(separator: " ")
    FileHandle.standardError.write(
      Data("no benchmark is called \(unknown); there are: \(known)\n".utf8))
    exit(64)
  }
  for benchmark in benchmarks where names.isEmpty || names.contains(benchmark.name) {
    print(benchmark.run().line(format))
  }
#endif
