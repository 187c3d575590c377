// Where the reference outputs, the cases and the real MNIST are, when the environment says so.

import Foundation
import Testing

/// The folder of reference outputs, named by `DDPM_FIXTURES`.
package enum Fixtures {
  package static let folder = ProcessInfo.processInfo.environment["DDPM_FIXTURES"].map {
    URL(filePath: $0, directoryHint: .isDirectory)
  }

  /// The file or folder at a path below the fixtures; tests using it carry `.needsFixtures`.
  package static func url(_ path: String) throws -> URL {
    try #require(folder, "set DDPM_FIXTURES to the folder of reference outputs")
      .appending(path: path)
  }
}

/// The folder of small inputs behind reports of faults, named by `DDPM_CASES`.
package enum Cases {
  package static let folder = ProcessInfo.processInfo.environment["DDPM_CASES"].map {
    URL(filePath: $0, directoryHint: .isDirectory)
  }

  /// The path of a case; tests using it carry `.needsCases`.
  package static func path(_ name: String) throws -> String {
    try #require(folder, "set DDPM_CASES to the folder of cases").appending(path: name).path
  }
}

/// The folder of the four MNIST files, named by `DDPM_MNIST`.
package enum MNIST {
  package static let folder = ProcessInfo.processInfo.environment["DDPM_MNIST"].map {
    URL(filePath: $0, directoryHint: .isDirectory)
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips the test, with a message, where there are no reference outputs.
  package static var needsFixtures: Self {
    .enabled(if: Fixtures.folder != nil, "DDPM_FIXTURES is not set")
  }

  /// Skips the test, with a message, where there are no cases.
  package static var needsCases: Self {
    .enabled(if: Cases.folder != nil, "DDPM_CASES is not set")
  }

  /// Skips the test, with a message, where there is no MNIST.
  package static var needsMNIST: Self {
    .enabled(if: MNIST.folder != nil, "DDPM_MNIST is not set")
  }
}
