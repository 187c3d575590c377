// The stages of a distillation: students of ever fewer steps, each taught by the one before.

/// A student of S steps, and how its teacher takes each of them.
public struct DistillationStage: Hashable, Sendable {
  /// S, the student's steps, which are also its evaluations per image.
  public let steps: Int
  /// The teacher's steps for each of the student's, at least 2.
  public let teacherSteps: Int
  /// The teacher's steps from noise to image.
  package var allTeacherSteps: Int { steps * teacherSteps }
  /// The part of the training's steps that this stage takes, beside those of the other stages.
  let share: Double

  /// A stage.
  ///
  /// - Parameters:
  ///   - steps: the student's, in 1...T.
  ///   - teacherSteps: for each of them, at least 2.
  ///   - share: of the training's steps, beside those of the other stages.
  public init(steps: Int, teacherSteps: Int, share: Double = 1) {
    precondition(steps > 0 && teacherSteps > 1 && share > 0, "\(steps) steps by \(teacherSteps)")
    (self.steps, self.teacherSteps, self.share) = (steps, teacherSteps, share)
  }

  /// The numbers of steps that a student can have: powers of two, so that each stage halves them.
  public static let students = [1, 2, 4, 8, 16, 32]

  /// Steps of the first student of fewer.
  private static let first = 4
  /// Steps in which the model that is distilled draws what its first student learns.
  private static let teacher = 32
  /// The share of the first stage; each further one has one more.
  private static let firstShare = 2.0

  /// Progressive distillation (Salimans and Ho 2022, Algorithm 2) down to a student of S steps: from 4,
  /// halved stage by stage. The first student learns from several steps at once, which costs less than
  /// stages for each halving and is as good; later stages are longer, as theirs is harder to learn.
  ///
  /// - Parameter steps: S, one of `students`.
  public static func progressive(to steps: Int) -> [DistillationStage] {
    precondition(students.contains(steps), "a student of \(steps) steps")
    let start = max(steps, first)
    var stages = [
      DistillationStage(steps: start, teacherSteps: max(2, teacher / start), share: firstShare)
    ]
    while let last = stages.last, last.steps > steps {
      stages.append(
        DistillationStage(steps: last.steps / 2, teacherSteps: 2, share: last.share + 1))
    }
    return stages
  }

  /// How many of a training's steps are done before a stage.
  ///
  /// - Parameters:
  ///   - stages: all of them.
  ///   - index: which one; the number of stages stands for their end.
  ///   - total: the training's steps.
  static func start(of index: Int, in stages: [DistillationStage], total: Int) -> Int {
    let shares = stages.map(\.share)
    let before = shares.prefix(index).reduce(0, +) / shares.reduce(0, +)
    return Int((before * Double(total)).rounded())
  }

  /// The student's timesteps, the noisiest first: those of trailing spacing, so that diffusers' DDIM
  /// scheduler visits them too.
  func grid(in schedule: NoiseSchedule) throws(SamplingError) -> [Timestep] {
    try StepSpacing.trailing.timesteps(steps, of: schedule)
  }

  /// Where the teacher's steps lead, from each of the student's timesteps to its next one.
  func paths(in schedule: NoiseSchedule) throws(SamplingError) -> [Timestep: [Timestep]] {
    let student = try grid(in: schedule)
    let teacher = try StepSpacing.trailing.timesteps(steps * teacherSteps, of: schedule) + [.zero]
    return Dictionary(
      uniqueKeysWithValues: student.enumerated().map { place, t in
        let first = place * teacherSteps
        // Rounding may set the two grids apart by one timestep; the student's count.
        let end = place + 1 < student.count ? student[place + 1] : .zero
        return (t, [t] + teacher[first + 1..<first + teacherSteps] + [end])
      })
  }
}
