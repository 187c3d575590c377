// A run that is ready for its first step, in every rank of a job, and its way to the last one.

import Diffusion
import Ranks

/// What a run needs before its first step.
struct ReadyRun<Course: TrainingCourse> {
  let course: Course
  let train: Dataset
  let test: Dataset
  let record: TrainingRecord
  /// nil in a process that does not write.
  let folder: RunFolder?
}

extension ResumableCommand {
  /// Takes up a run where it was, or makes the folder of a new one.
  ///
  /// - Parameters:
  ///   - run: the run that goes on; nil for a new one.
  ///   - model: the folder of the model that a new run learns from; nil for none.
  ///   - existing: what becomes of a run that is there already.
  ///   - settings: what the folder is to keep of the command line.
  /// - Throws: `FileError` for other data than the run's; `RunFolderError`; `UsageError` for a new run that
  ///   would replace the model it learns from.
  func ready<Course: TrainingCourse>(
    _ course: Course, _ train: Dataset, _ test: Dataset, resuming run: ResumedRun<Self>?,
    from model: String?, _ existing: RunFolder.Existing, settings: [String: String]
  ) throws -> ReadyRun<Course> {
    if run == nil, let model,
      Path.isSame(model, out) || existing == .replaced && Path.isBelow(model, out)
    {
      throw UsageError("--out is the folder of the model that is learned from: take another one")
    }
    let images = "\(train.fingerprint); held out \(test.fingerprint)"
    let data =
      course.snapshot().classCount == nil
      ? images : "\(train.labelledFingerprint); held out \(test.labelledFingerprint)"
    // States of earlier versions have the images alone.
    let seconds = try run?.restore(course, data: [data, images], name: train.name) ?? 0
    let folder =
      Tool.ranks.isFirst ? try run?.folder ?? RunFolder(out, existing: existing) : nil
    return ReadyRun(
      course: course, train: train, test: test,
      record: TrainingRecord(settings: settings, data: data, seconds: seconds), folder: folder)
  }
}

extension ReadyRun {
  /// Trains to the end: rank 0 leads, and the others follow.
  ///
  /// - Parameters:
  ///   - settings: the budget, and what lies between the steps.
  ///   - isResumed: whether the run goes on.
  ///   - start: when the command began.
  ///   - summary: what will be done in so many steps, one line per subject.
  func carryOut(
    _ settings: SessionSettings, isResumed: Bool, since start: ContinuousClock.Instant,
    _ progress: SharedProgress, summary: (_ steps: Int) throws -> [String]
  ) throws {
    try Tool.ranks.agree(on: Tool.facts(record, model: course.snapshot().fingerprint))
    guard let folder else { return try course.follow(test) }
    let leader = LeadingCourse(course)
    defer { leader.end() }
    var session = TrainingSession(
      leader, test, folder, settings, record, since: start, progress)
    for line in try summary(session.plan()) { progress.say(line) }
    if isResumed {
      let time = Duration.seconds(record.seconds).brief
      progress.say("resumed   after \(counted(course.completed, "step")) and \(time) of training")
    }
    try session.run()
    try Output.results.line(folder.path)
  }
}
