// Where the program lies, and what was installed beside it.

import Diffusion

/// The places that `scripts/install.sh` fills.
package enum Installation {
  /// The folder of the program's data below the prefix; the program itself is in `bin`.
  package static let share = "share/ddpm"

  /// The program's own path with links followed; nil where the system does not tell.
  package static let program = OperatingSystem.program

  /// Where something is installed with the program, whether or not it is there.
  package static func path(_ name: String) -> String? {
    program.map { path(name, besideProgram: $0) }
  }

  /// Where something is installed with a program: PREFIX/share/ddpm/NAME for PREFIX/bin/ddpm.
  package static func path(_ name: String, besideProgram program: String) -> String {
    let prefix = Path.parent(of: Path.parent(of: program))
    return Path.join(prefix, Path.join(share, name))
  }
}
