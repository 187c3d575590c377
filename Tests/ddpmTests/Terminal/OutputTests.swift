// Results that cannot be written are noticed.

import Diffusion
import Foundation
import Testing
import ddpm

@Suite struct OutputTests {
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full here"))
  func aFullDiskIsAnError() throws {
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let output = Output(descriptor: full.fileDescriptor, name: "results")
    #expect(throws: FileError(path: "results", .unwritable(ENOSPC))) { try output.line("text") }
    #expect(throws: Never.self) { try output.write("") }
  }

  @Test func aClosedPipeIsAnErrorForWhoSurvivesIt() throws {
    Output.surviveClosedPipes()
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let output = Output(descriptor: pipe.fileHandleForWriting.fileDescriptor, name: "results")
    #expect(throws: FileError(path: "results", .unwritable(EPIPE))) { try output.line("text") }
    output.note("dropped")
  }

  @Test func anythingArrivesThroughANonBlockingPipe() async throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForWriting.fileDescriptor
    #expect(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
    let reader = Task.detached { try pipe.fileHandleForReading.readToEnd() }
    // More than any pipe holds at once.
    let text = String(repeating: "results \u{e9}\n", count: 200_000)
    try Output(descriptor: descriptor, name: "results").write(text)
    try pipe.fileHandleForWriting.close()
    #expect(try await reader.value == Data(text.utf8))
  }
}
