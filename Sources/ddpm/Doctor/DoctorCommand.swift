// `ddpm doctor`: its words and its options.

/// Looks at what the other commands need of the machine and of the folder they are called in.
package struct DoctorCommand: Command {
  package static let name = "doctor"
  package static let abstract = "Checks the machine, the data, the models and the working folder"
  package static let examples = [
    Example("ddpm doctor", "everything, for a report of what does not work"),
    Example("ddpm doctor --data my-digits", "images of one's own, read from the first to the last"),
  ]
  package static let table = OptionTable(
    .init("Data", CommonOptions.data, CommonOptions.transpose))
  /// It is there to tell about a CPU that the kernels do not run on.
  package static let runsKernels = false

  let data: DataSettings
  /// Whether the data are those that the command line names.
  let isDataNamed: Bool

  package init(_ arguments: Arguments) throws(UsageError) {
    data = try DataSettings(arguments)
    isDataNamed = arguments.has(CommonOptions.data)
  }
}
