// `ddpm doctor` at work: the subjects in their order.

import Diffusion

extension DoctorCommand {
  package func run() throws {
    var error: (any Error)?
    func report(_ findings: [Finding]) throws {
      for finding in findings {
        try Output.results.line(finding.line)
        error = error ?? finding.error
      }
    }
    let kernels = MachineCheck.kernels
    try report(MachineCheck.program + kernels + MachineCheck.resources)
    if kernels.contains(where: { $0.error != nil }) {
      // Reading images and weights runs code that was compiled for another CPU.
      try report([Finding("data", "not read, nor the models: this CPU cannot run the build")])
    } else {
      try report([dataFinding])
      try report(ModelCheck.findings)
    }
    try report([FolderCheck.finding(of: ".")])
    if let error { throw error }
  }

  /// The data set that is named, or `data/mnist`, which a training without `--data` needs and nothing else.
  private var dataFinding: Finding {
    let subject = "data"
    guard case .folder = data.choice else { return Finding(subject, DoctorCommand.synthetic) }
    do {
      let train = try data.load(.train, seed: CommonOptions.seed.absent)
      let test = try data.load(.test, seed: CommonOptions.seed.absent)
      try train.checkSize(matches: test)
      let classes = train.labels == nil || test.labels == nil ? nil : try train.classCount()
      if let classes { try test.checkLabels(below: classes) }
      let labels = classes.map { "labels 0 to \($0 - 1)" } ?? "no labels"
      let counts =
        "\(counted(train.images.count, "image")) to train on, \(test.images.count) held out"
      let warnings = train.warnings(classes: classes).map { "; \($0)" }.joined()
      return Finding(
        subject, "\(train.name): \(counts), \(train.images.size), \(labels)\(warnings)")
    } catch let error as MissingInput {
      return Finding(subject, "\(error)", isDataNamed ? error : nil)
    } catch {
      return .obstacle(
        subject, error, wayOut: "put files in order there, or name others with --data")
    }
  }

  /// Nothing has to be found: the program draws them.
  private static var synthetic: String {
    let (train, test) = (SyntheticDigits.count(of: .train), SyntheticDigits.count(of: .test))
    return
      "synthetic: \(train) digits to train on, \(test) held out, \(SyntheticDigits.size), drawn by"
      + " the program"
  }
}
