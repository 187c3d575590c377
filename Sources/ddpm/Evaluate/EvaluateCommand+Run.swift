// `ddpm evaluate`: measures what the options ask for and writes the report.

import Diffusion
import Ranks

extension EvaluateCommand {
  package func run() throws {
    let start = ContinuousClock.now
    let progress = SharedProgress(isQuiet: settings.isQuiet)
    defer { progress.endLine() }
    var (session, folder) = try Tool.ranks.together { try prepare(progress) }
    let subject = session.subject
    try Tool.ranks.agree(
      on: Tool.facts(
        subject.model, guidance: subject.guidance,
        images: [subject.test, subject.training].compactMap { $0?.labelledFingerprint }
          .joined(separator: "; "), arguments.record(of: Self.table)))
    guard Tool.ranks.isFirst else { return try session.follow() }
    defer { session.end() }
    let report = try session.run()
    try folder.write(report)
    progress.finish(
      "evaluated in \((ContinuousClock.now - start).brief), report in \(folder.pagePath.printable)")
    try Output.results.line(
      settings.printsJSON ? report.json.text(.indented) : report.text(.plain(.results)))
  }

  private func prepare(
    _ progress: SharedProgress
  ) throws -> (EvaluationSession, EvaluationFolder) {
    let (model, path) = try ModelChoice.open(settings.model, progress)
    var subject = try EvaluationSubject(
      model, path, settings, guidance: settings.guidance.guidance(progress))
    let heldOut = settings.data.heldOutSeed(of: path, or: settings.seed)
    if subject.test != nil, let note = settings.data.note(heldOutBy: heldOut) {
      progress.warn("the test images are \(note)")
    }
    // Not among what is installed: there it would be everybody's, if it can be written at all.
    let place = ModelChoice.isInstalled(path) ? "" : path
    let folder = EvaluationFolder(settings.out ?? Path.join(place, "evaluation"))
    if settings.measuresOptimalVariance(subject.metrics) {
      // Whatever cannot be measured is refused before the variance is estimated, which takes a while.
      subject.imageVariance = model.largestImageVariance
      _ = try EvaluationSession(subject, settings, folder, progress)
      if Tool.ranks.isFirst { try folder.create() }
      subject.imageVariance = try ImageVarianceFile.imageVariance(
        of: model, in: path, threads: threadCount(settings.threads), progress)
    }
    let session = try EvaluationSession(subject, settings, folder, progress)
    if Tool.ranks.isFirst { try folder.create() }
    return (session, folder)
  }
}
