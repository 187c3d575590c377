// swift-tools-version: 6.2
import PackageDescription

/// A program as a researcher would write it, on the public interface alone.
func program(_ name: String) -> Target {
  .executableTarget(name: name, dependencies: [.product(name: "Diffusion", package: "ddpm")])
}

// A package as users of the library would write it: scripts/check.sh builds and runs its programs.
let package = Package(
  name: "Dependent",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ddpm", path: "../..")],
  targets: ["OwnSchedule", "OwnSampler", "OwnTraining", "OwnImages"].map(program),
  swiftLanguageModes: [.v6]
)
