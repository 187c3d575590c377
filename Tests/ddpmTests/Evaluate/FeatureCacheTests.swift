// Where feature networks are kept, and what happens where they cannot be.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct FeatureCacheTests {
  private let bench: EvaluationBench
  init() throws { bench = try EvaluationBench(knowsFeatures: false) }

  private static let words = "--count 20 --steps 2 --eta 0 --metrics fd"

  @Test func theUsersCacheIsTheXDGOne() throws {
    func path(_ environment: [String: String]) -> String? {
      FeatureCache(environment: environment).path(for: bench.training)
    }
    let name = try #require(path(["XDG_CACHE_HOME": "/c"])?.split(separator: "/").last)
    #expect(path(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/ddpm/\(name)")
    #expect(path(["XDG_CACHE_HOME": "", "HOME": "/h"]) == "/h/.cache/ddpm/\(name)")
    #expect(path(["HOME": ""]) == nil)
    #expect(name.hasPrefix("features-60-images-of-8-x-8-crc-32-"))
    #expect(name.allSatisfy { $0.isLetter || $0.isNumber || "-.".contains($0) })
  }

  @Test func theNetworkIsTrainedOnceForTheData() throws {
    let first = try bench.run(Self.words)
    #expect(first.code == 0 && first.messages.contains("learns the labels of data"))
    #expect(first.messages.contains("kept in \(bench.workspace.path("cache/ddpm"))"))
    let report = try bench.text("report.json")
    let second = try bench.run(Self.words + " --out other")
    #expect(second.code == 0 && !second.messages.contains("learns the labels"))
    // The same features give the same numbers.
    let other = try JSON.parse(bench.workspace.bytes("other/report.json"))
    #expect(try JSON.parse(report.utf8)["floor"] == other["floor"])
    // Repeated in the same folder, nothing is measured and so nothing is read.
    let path = try #require(bench.cachePath)
    try FileManager.default.removeItem(atPath: path)
    #expect(try bench.run(Self.words).code == 0)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func anotherNetworkIsKeptBesideTheFirst() throws {
    #expect(try bench.run(Self.words).code == 0)
    let deep = try bench.run(Self.words + " --features deep")
    #expect(deep.code == 0 && deep.messages.contains("learns the labels of data"))
    let report = try JSON.parse(bench.text("report.json").utf8)
    #expect(report["extractor"]["features"] == .integer(128))
    let cache = bench.workspace.path("cache/ddpm")
    let names = try FileManager.default.contentsOfDirectory(atPath: cache).sorted()
    #expect(names.map { $0.prefix(5) } == ["deep-", "featu"])
    // Each has results of its own: going back measures again.
    #expect(try bench.run(Self.words).code == 0)
    #expect(
      try JSON.parse(bench.text("report.json").utf8)["extractor"]["features"] == .integer(64))
    let unused = try bench.run("--count 20 --metrics loss --features deep")
    #expect(unused.code == 64 && unused.messages.contains("--features belongs to --metrics"))
  }

  @Test func aDamagedOrUnwritableCacheIsReportedAndDoesNoHarm() throws {
    let path = try #require(bench.cachePath)
    try bench.workspace.write("damaged", to: "cache/ddpm/\(URL(filePath: path).lastPathComponent)")
    let damaged = try bench.run(Self.words)
    #expect(damaged.code == 0 && damaged.messages.contains("it is made again"))
    let file = try bench.run(Self.words + " --out a")
    #expect(file.code == 0 && !file.messages.contains("made again"))
    let result = try BuiltTool.shell(
      """
      cd '\(bench.workspace.path(""))' && touch file && XDG_CACHE_HOME="$PWD/file" exec "$0" \\
        evaluate --model model --data data --out b \(Self.words)
      """)
    #expect(result.code == 0 && result.messages.contains("the feature network is not kept: "))
  }
}
