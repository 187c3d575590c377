// What the machine and the terminal are, and what of them a run may use.

import Diffusion

/// The lines about the machine.
enum MachineCheck {
  /// Which program this is.
  static var program: [Finding] {
    [Finding("version", "ddpm \(Tool.version)" + (Installation.program.map { ", \($0)" } ?? ""))]
  }

  /// What the build needs of a CPU, and what this one has.
  static var kernels: [Finding] {
    let required = Platform.requiredFeatures
    let needs = required.isEmpty ? "any CPU of its kind" : required.joined(separator: ", ")
    let build = Finding("kernels", "\(Platform.instructionSet), built for \(needs)")
    let name = OperatingSystem.cpuName ?? "of a name that the system does not tell"
    guard let list = OperatingSystem.cpuFeatures else { return [build, Finding("cpu", name)] }
    let features = CPUDescription.vectorFeatures(in: list)
    let has = features.isEmpty ? "" : ": " + features.joined(separator: ", ")
    let missing = Platform.missing(of: required)
    guard missing.isEmpty else {
      let lacks = "; lacks \(missing.joined(separator: ", "))"
      return [build, Finding("cpu", name + has + lacks, UnsupportedCPU(missing: missing))]
    }
    return [build, Finding("cpu", name + has)]
  }

  /// Cores, memory and terminal.
  static var resources: [Finding] {
    let limits = AvailableCores.limits
    let bounds = [
      "\(counted(limits.online, "core")) online",
      limits.affinity.map { "\($0) in the affinity mask" },
      limits.quota.map { "a control group's time is worth \($0)" },
    ]
    let memory = AvailableMemory.text(AvailableMemory.bytes)
    return [
      Finding(
        "threads", "\(AvailableCores.count): \(bounds.compactMap(\.self).joined(separator: ", "))"),
      Finding("memory", memory),
      Finding("terminal", terminal(.messages)),
    ]
  }

  /// What the terminal of progress and previews can do.
  private static func terminal(_ terminal: Terminal) -> String {
    guard terminal.isInteractive else {
      return "none that can rewrite a line: plain lines, pictures in characters"
    }
    let pictures =
      switch terminal.drawing {
      case .trueColour: "half blocks in any colour"
      case .palette: "half blocks in 256 colours"
      case .characters: "characters"
      }
    let colour = terminal.hasColour ? "colour" : "no colour"
    return "\(counted(terminal.width, "column")), \(colour), pictures in \(pictures)"
  }
}
