// swift-tools-version: 6.2
import PackageDescription

// A package as a user of the library would write it: scripts/check.sh builds and runs it.
let package = Package(
  name: "Dependent",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ddpm", path: "../..")],
  targets: [
    .executableTarget(
      name: "Dependent", dependencies: [.product(name: "Diffusion", package: "ddpm")])
  ],
  swiftLanguageModes: [.v6]
)
