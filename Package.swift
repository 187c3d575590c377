// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// The CPU the kernels are compiled for: the machine that builds, unless DDPM_CPU names another one
/// (`x86-64-v3` for a portable AVX2 build, `x86-64` for any 64-bit PC, `armv8.2-a`), or `none`: the one that the
/// compiler takes by itself. A build for another architecture than this machine's has to say which.
let cpuFlags =
  switch ProcessInfo.processInfo.environment["DDPM_CPU"] ?? "native" {
  case "none": [String]()
  // Only here does this machine's architecture count: the manifest does not know the target's.
  case "native":
    #if arch(x86_64)
      // Without the features that the check at run time (Instructions/features.h) cannot test for.
      [
        "-march=native", "-mno-avxifma", "-mno-avxvnniint8", "-mno-avxvnniint16",
        "-mno-avxneconvert",
      ]
      .flatMap { ["-Xcc", $0] }
    #else
      ["-Xcc", "-mcpu=native"]
    #endif
  // Of all names, those of x86's CPUs and of ARM's architectures are -march's everywhere.
  case let name: ["-Xcc", "-march=\(name)"]
  }

/// With DDPM_CHECKED=1, kernels compare their operands' extents and memory lies between guard pages.
let isChecked = ProcessInfo.processInfo.environment["DDPM_CHECKED"] == "1"

/// Inlining across files needs the whole module; one thread and no batches are what the debug
/// build's file list then expects.
let wholeModule = ["-wmo", "-num-threads", "1", "-disable-batch-mode"]

let package = Package(
  name: "ddpm",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Diffusion", targets: ["Diffusion"]),
    .executable(name: "ddpm", targets: ["ddpm"]),
  ],
  traits: [
    .trait(name: "MPI", description: "mpirun shares the work: needs Open MPI or MPICH")
  ],
  targets: [
    // The system's zlib: gzip in, PNG and gzip out, CRC-32.
    .systemLibrary(
      name: "CZlib", providers: [.apt(["zlib1g-dev"]), .yum(["zlib-devel"]), .brew(["zlib"])]),
    // The system's MPI, for the trait of that name.
    .systemLibrary(name: "CMPI"),
    // The compiler's names for the CPU's instructions.
    .systemLibrary(name: "Instructions", path: "Sources/CPU/Instructions"),
    // Empty modules that exist only when the target CPU has the feature they are named after.
    .systemLibrary(name: "HasAVX512", path: "Sources/CPU/HasAVX512"),
    .systemLibrary(name: "HasFMA", path: "Sources/CPU/HasFMA"),
    // Memory and speed. Optimized and unchecked also in debug builds, so tests run at full speed.
    .target(
      name: "Kernels",
      dependencies: ["Instructions", "HasAVX512", "HasFMA"],
      swiftSettings: [.unsafeFlags(["-Ounchecked"] + wholeModule + cpuFlags)]
        + (isChecked ? [.define("CHECKED")] : [])),
    // Loops over numbers outside the training step: pixels, formats, matrices, nearest neighbours.
    // Optimized in debug builds too, and checked.
    .target(
      name: "Numerics", dependencies: ["Kernels"],
      swiftSettings: [.unsafeFlags(["-O"] + wholeModule + cpuFlags)]),
    // Processes that share a job, and how they talk.
    .target(
      name: "Ranks", dependencies: [.target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
    // Tensors, the tape, operations, layers, parameters, optimizers.
    .target(name: "Autograd", dependencies: ["Numerics", "Kernels", "Ranks"]),
    // File formats without a meaning of their own: gzip, JSON, safetensors, IDX, NPY, PNG, PGM.
    .target(name: "Files", dependencies: ["Numerics", "CZlib"]),
    // The papers: process, network, training, sampling, evaluation, and what a folder holds.
    .target(
      name: "Diffusion",
      dependencies: ["Autograd", "Numerics", "Kernels", "Files", "Ranks", "Instructions"]),
    // Words into calls, results into words; it draws with the pens of Numerics.
    .executableTarget(name: "ddpm", dependencies: ["Diffusion", "Numerics", "Ranks"]),
    // Speed as a ratio: to the machine's FMA peak and to PyTorch.
    .executableTarget(name: "Benchmarks", dependencies: ["Kernels", "Autograd", "Diffusion"]),
    // Slow and obviously right: Double references, central differences, fixtures.
    .target(
      name: "TestSupport", dependencies: ["Kernels", "Autograd", "Diffusion", "Ranks"],
      path: "Tests/TestSupport"),
    // What fuzzers feed, and tests of what they found; the linker takes a program in for a test's own sake only.
    .target(
      name: "Fuzzing", dependencies: ["Numerics", "Files", "Diffusion", "ddpm"],
      path: "Tests/Fuzz/Targets"),
    .testTarget(name: "CorpusTests", dependencies: ["Fuzzing", "ddpm"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"]),
    .testTarget(name: "RanksTests", dependencies: ["Ranks", "TestSupport"]),
    .testTarget(name: "NumericsTests", dependencies: ["Numerics", "Kernels", "TestSupport"]),
    .testTarget(
      name: "AutogradTests", dependencies: ["Kernels", "Autograd", "Ranks", "TestSupport"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(
      name: "DiffusionTests",
      dependencies: ["Kernels", "Numerics", "Autograd", "Diffusion", "Ranks", "TestSupport"]),
    .testTarget(
      name: "ddpmTests", dependencies: ["Numerics", "Diffusion", "Ranks", "ddpm", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// The library's tests alone, for builds that are made to test kernels and readers once more.
if ProcessInfo.processInfo.environment["DDPM_TESTS"] == "library" {
  package.products.removeAll { $0.name == "ddpm" }
  let programs = ["ddpm", "ddpmTests", "Benchmarks", "Fuzzing", "CorpusTests"]
  package.targets.removeAll { programs.contains($0.name) }
}

// scripts/fuzz.sh names libFuzzer's driver here: a program round the readers, in modules that count what they
// run, and under the address sanitizer unless DDPM_FUZZ_FAST=1. The program under test is then a library, as
// its `main` is not the fuzzer's.
if let driver = ProcessInfo.processInfo.environment["DDPM_FUZZ"] {
  let isFast = ProcessInfo.processInfo.environment["DDPM_FUZZ_FAST"] == "1"
  let instrumented: [SwiftSetting] = [
    .unsafeFlags([isFast ? "-sanitize=fuzzer" : "-sanitize=fuzzer,address"])
  ]
  package.products = []
  package.targets.removeAll { $0.name == "ddpm" || $0.isTest }
  for target in package.targets where ["Files", "Diffusion"].contains(target.name) {
    target.swiftSettings = instrumented
  }
  package.targets += [
    .target(
      name: "ddpm", dependencies: ["Diffusion", "Numerics", "Ranks"], exclude: ["main.swift"],
      swiftSettings: instrumented),
    .executableTarget(
      name: "Fuzz", dependencies: ["Fuzzing", "Files"], path: "Tests/Fuzz/Program",
      linkerSettings: [
        .unsafeFlags((isFast ? [] : ["-sanitize=address"]) + [driver, "-lstdc++"])
      ]),
  ]
}
