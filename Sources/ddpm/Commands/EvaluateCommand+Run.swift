// `ddpm evaluate` at work.

import Diffusion

extension EvaluateCommand {
  package func run() throws {
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    let (model, path) = try ModelChoice.open(settings.model, progress)
    let test = try settings.testImages(for: model, progress)
    let folder = EvaluationFolder(settings.out ?? "\(path)/evaluation")
    let session = try EvaluationSession(model, path, test, settings, folder, progress)
    try createFolder(folder.path)

    let report = try session.run()
    try folder.write(report)
    try Output.results.line(
      settings.printsJSON ? report.json.text(.indented) : report.text(.plain))
  }
}

extension EvaluateSettings {
  /// The images of the test split, nil where nothing that is measured needs them.
  ///
  /// - Throws: `FileError` where they are not of the model's size; an error too where there are
  ///   none, except that the default data may be missing if no metric was asked for that needs it.
  fileprivate func testImages(
    for model: DiffusionModel, _ progress: SharedProgress
  ) throws -> Dataset? {
    guard (metrics ?? MetricChoice.allCases).contains(where: \.needsData) else { return nil }
    let test: Dataset
    do {
      test = try data.load(.test)
    } catch let error as MissingInput
      where metrics == nil && data == CommonOptions.data.absent
    {
      progress.say("ddpm: bits/dim and held-out loss are left out: \(error)")
      return nil
    }
    guard test.images.size == model.imageSize else {
      throw FileError(
        path: test.name,
        .invalid(
          "its images are \(test.images.size), the model's \(model.imageSize);"
            + " take the data it was trained on, or --metrics time"))
    }
    if let classes = model.classCount { try test.checkLabels(below: classes) }
    guard test.images.count > 0 else {
      throw FileError(path: test.name, .invalid("holds no test images"))
    }
    return test
  }
}

extension MetricChoice {
  /// Whether it is measured on images of the data.
  var needsData: Bool {
    switch self {
    case .time: false
    case .bpd, .loss: true
    }
  }
}
