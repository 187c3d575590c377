// The stages of a distillation: students of ever fewer steps, each taught by the one before, and at last by
// the data's distribution.

/// A student of S steps, and what it learns them from.
public struct DistillationStage: Hashable, Sendable {
  /// What a stage's student learns from.
  public enum Method: Hashable, Sendable {
    /// Progressive distillation (Salimans and Ho 2022, Algorithm 2): one step is to end where so many of the
    /// teacher's do, at least 2. The teacher is the student before, or the model that is distilled.
    case progressive(teacherSteps: Int)
    /// Distribution matching (Yin et al. 2024): the student's images are to be as the model that is
    /// distilled makes them, whatever the noise they were drawn from; its critic takes so many steps for
    /// each of the student's.
    case distributionMatching(criticSteps: Int)
  }

  /// S, the student's steps, which are also its evaluations per image.
  public let steps: Int
  /// What it learns from.
  public let method: Method
  /// The part of the training's steps that this stage takes, beside those of the other stages.
  let share: Double

  /// A stage.
  ///
  /// - Parameters:
  ///   - steps: the student's, in 1...T.
  ///   - method: what it learns from.
  ///   - share: of the training's steps, beside those of the other stages.
  public init(steps: Int, _ method: Method, share: Double = 1) {
    let isPossible =
      switch method {
      case .progressive(let teacherSteps): teacherSteps > 1
      case .distributionMatching(let criticSteps): criticSteps > 0
      }
    precondition(steps > 0 && isPossible && share > 0, "\(steps) steps by \(method)")
    (self.steps, self.method, self.share) = (steps, method, share)
  }

  /// The teacher's steps from noise to image; nil where it takes none.
  package var teacherSteps: Int? {
    guard case .progressive(let teacherSteps) = method else { return nil }
    return steps * teacherSteps
  }

  /// The numbers of steps that a student can have: powers of two, so that each stage halves them.
  public static let students = [1, 2, 4, 8, 16, 32]

  /// Steps of the first student of fewer.
  private static let first = 4
  /// Steps in which the model that is distilled draws what its first student learns, at least twice as many
  /// as the student's.
  private static let teacher = 32
  /// The share of the first stage; each further one has one more.
  private static let firstShare = 2.0
  /// Students of more steps than this are as good as their teacher without matching.
  private static let mostMatched = 4
  /// What matching takes of the training's steps, beside all other stages. More of it makes a student more
  /// precise and less diverse.
  private static let matchingShare = 0.25
  /// The critic's steps for each of the student's.
  private static let criticSteps = 3

  /// Progressive distillation down to a student of S steps, from 4 or from S where that is more, halved
  /// stage by stage, and for students of at most 4 steps distribution matching. The first student learns
  /// from several steps at once, which costs less than stages for each halving and is as good; later
  /// stages are longer, as theirs is harder to learn.
  ///
  /// - Parameter steps: S, one of `students`.
  public static func usual(to steps: Int) -> [DistillationStage] {
    precondition(students.contains(steps), "a student of \(steps) steps")
    let start = max(steps, first)
    var stages = [
      DistillationStage(
        steps: start, .progressive(teacherSteps: max(2, teacher / start)), share: firstShare)
    ]
    while let last = stages.last, last.steps > steps {
      stages.append(
        DistillationStage(
          steps: last.steps / 2, .progressive(teacherSteps: 2), share: last.share + 1))
    }
    if steps <= mostMatched {
      stages.append(
        DistillationStage(
          steps: steps, .distributionMatching(criticSteps: criticSteps),
          share: matchingShare * stages.map(\.share).reduce(0, +)))
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

  /// Where the teacher's steps lead, from each of the student's timesteps to its next one; nowhere, where it
  /// takes none.
  func paths(in schedule: NoiseSchedule) throws(SamplingError) -> [Timestep: [Timestep]] {
    guard case .progressive(let teacherSteps) = method else { return [:] }
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
