// `ddpm evaluate` at work.

extension EvaluateCommand {
  package func run() throws {
    try Output.results.line("\(settings)")
  }
}
