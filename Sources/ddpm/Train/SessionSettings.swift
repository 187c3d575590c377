// What a session of training is asked for, whatever is trained.

/// The settings of a session: how long, and what is written on the way.
package struct SessionSettings: Equatable, Sendable {
  /// The command that goes on with it.
  package var command: String
  package var budget: Budget
  /// Steps between two grids of samples; 0 is never.
  package var sampleEvery: Int?
  package var saveEvery: Int?
  /// Steps between two models kept for good; 0 is never.
  package var keepEvery: Int?

  /// - Parameters:
  ///   - command: the command that goes on with it.
  ///   - budget: how long it is.
  init(_ arguments: Arguments, of command: String, _ budget: Budget) throws(UsageError) {
    typealias Train = TrainCommand
    (self.command, self.budget) = (command, budget)
    sampleEvery = try arguments[Train.sampleEvery]
    saveEvery = try arguments[Train.saveEvery]
    keepEvery = try arguments[Train.keepEvery]
  }
}
