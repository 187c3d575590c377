// `ddpm train` at work.

extension TrainCommand {
  package func run() throws {
    // A training goes on when nobody reads its messages any more.
    Output.surviveClosedPipes()
    try Output.results.line("\(settings)")
  }
}
