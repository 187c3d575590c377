// `ddpm man`: the manual page of the program.

/// Prints the manual page.
package struct ManCommand: Command {
  package static let name = "man"
  package static let abstract = "Prints ddpm's manual page"
  package static let examples = [
    Example(
      "ddpm man > ~/.local/share/man/man1/ddpm.1", "for man ddpm, where it is not installed"),
    Example("ddpm man > ddpm.1", "for man ./ddpm.1"),
  ]
  package static let table = OptionTable()
  package static let runsKernels = false

  package init(_ arguments: Arguments) {}

  package func run() throws {
    try Output.results.write(ManualPage.source)
  }
}
