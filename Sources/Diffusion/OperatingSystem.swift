// What Linux and macOS tell in different ways: of the program, its memory and the CPU.

import Foundation

/// What the system tells; nil where it does not.
package enum OperatingSystem {
  #if os(macOS)
    /// The program's own path with links followed.
    package static var program: String? {
      Bundle.main.executableURL?.resolvingSymlinksInPath().path
    }

    /// The CPU's own name.
    package static var cpuName: String? { text("machdep.cpu.brand_string") }

    /// Who made the CPU.
    package static var cpuMaker: String? { text("machdep.cpu.vendor") }

    /// The CPU's features, in words, behind a title.
    package static var cpuFeatures: String? {
      let lists = ["machdep.cpu.features", "machdep.cpu.leaf7_features"].compactMap(text)
      return lists.isEmpty ? nil : lists.joined(separator: " ")
    }

    /// The process's largest memory so far, in bytes.
    package static var peakBytes: Int {
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    }

    /// The memory that the process got from the system and did not give back, in bytes.
    package static var heldBytes: Int {
      var statistics = malloc_statistics_t()
      malloc_zone_statistics(nil, &statistics)
      return Int(statistics.size_allocated)
    }

    private static func text(_ name: String) -> String? {
      var size = 0
      guard sysctlbyname(name, nil, &size, nil, 0) == 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return nil }
      return String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
    }
  #else
    /// The program's own path with links followed.
    package static var program: String? {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }

    /// The CPU's own name.
    package static var cpuName: String? { value("model name") }

    /// Who made the CPU.
    package static var cpuMaker: String? { value("vendor_id") }

    /// The CPU's features, in words, behind a title.
    package static var cpuFeatures: String? {
      line("flags", of: "/proc/cpuinfo") ?? line("Features", of: "/proc/cpuinfo")
    }

    /// The process's largest memory so far, in bytes. Not `getrusage`, whose figure begins with that of the
    /// process this one is born of.
    package static var peakBytes: Int {
      1024 * (line("VmHWM:", of: "/proc/self/status").flatMap { Int($0.filter(\.isNumber)) } ?? 0)
    }

    /// The memory that the process got from the system and did not give back, in bytes.
    package static var heldBytes: Int {
      // The first number is the size of all that is mapped, in pages.
      let pages = systemText("/proc/self/statm")?.split(separator: " ").first.flatMap { Int($0) }
      return (pages ?? 0) * Int(getpagesize())
    }

    /// What is said of the first CPU.
    private static func value(_ name: String) -> String? {
      line(name, of: "/proc/cpuinfo")?.split(separator: ":", maxSplits: 1).last
        .map { String($0.drop { $0.isWhitespace }) }
    }

    private static func line(_ name: String, of path: String) -> String? {
      systemText(path)?.split(separator: "\n").first { $0.hasPrefix(name) }.map(String.init)
    }
  #endif
}
