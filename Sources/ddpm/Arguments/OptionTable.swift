// A command's options, declared once: the parser reads by this table, the help prints it.

/// The options of a command in the groups of its help, and which of them exclude one another.
package struct OptionTable: Sendable {
  /// Options under a heading of the help.
  package struct Group: Sendable {
    package let title: String
    package let options: [any AnyOption]

    package init(_ title: String, _ options: any AnyOption...) {
      self.title = title
      self.options = options
    }
  }

  package let groups: [Group]
  /// The word that the command takes without a flag, if it takes one.
  package let operand: (any AnyOption)?
  /// Sets of flags of which a command line may give one.
  package let exclusive: [[String]]

  /// A table of groups; of each set of `exclusive` options a command line may give one.
  package init(
    operand: (any AnyOption)? = nil, _ groups: Group..., exclusive: [[any AnyOption]] = []
  ) {
    self.groups = groups
    self.operand = operand
    self.exclusive = exclusive.map { $0.map(\.flag) }
    let flags = self.flags
    precondition(Set(flags).count == flags.count, "a flag is declared twice among \(flags)")
    precondition(
      self.exclusive.allSatisfy { Set($0).isSubset(of: flags) }, "an exclusive flag is no option")
  }

  /// Every option, in the order of the help.
  package var options: [any AnyOption] { groups.flatMap(\.options) }

  /// Every flag, in the order of the help.
  package var flags: [String] { options.map(\.flag) }

  /// The option with a flag, dashes included.
  package subscript(flag: String) -> (any AnyOption)? {
    options.first { $0.flag == flag }
  }
}
