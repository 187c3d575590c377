// `ddpm sample` at work.

extension SampleCommand {
  package func run() throws {
    try Output.results.line("\(settings)")
  }
}
