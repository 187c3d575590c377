// The stages of a distillation: which timesteps student and teacher visit, and when a stage ends.

import Testing

@testable import Diffusion

@Suite struct DistillationStageTests {
  @Test(arguments: [
    (1, [4, 2, 1, 1], [32, 4, 2, nil]), (2, [4, 2, 2], [32, 4, nil]), (4, [4, 4], [32, nil]),
    (8, [8], [32]), (32, [32], [64]),
  ])
  func eachStageHalvesTheStepsAndFewAreMatched(steps: Int, students: [Int], teachers: [Int?]) {
    let stages = DistillationStage.usual(to: steps)
    #expect(stages.map(\.steps) == students && stages.map(\.teacherSteps) == teachers)
  }

  @Test func matchingTakesTheSameShareOfTheStepsWhateverItsStudent() {
    for steps in [1, 2, 4] {
      let stages = DistillationStage.usual(to: steps)
      let last = DistillationStage.start(of: stages.count - 1, in: stages, total: 1000)
      #expect(last == 800, "\(steps)")
    }
  }

  /// A stage's teacher has learned the timesteps that its steps start from: they were its own.
  @Test(arguments: [1000, 999, 50])
  func aTeacherStartsWhereItHasLearnedTo(timesteps: Int) throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: timesteps)
    let stages = DistillationStage.usual(to: 1).dropLast()
    for (teacher, student) in zip(stages, stages.dropFirst()) {
      let learned = try teacher.grid(in: schedule)
      for path in try student.paths(in: schedule).values {
        #expect(path.dropLast().allSatisfy { learned.contains($0) }, "\(path) of \(learned)")
      }
    }
  }

  @Test func pathsLeadFromEachOfTheStudentsTimestepsToItsNext() throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 1000)
    let paths = try DistillationStage(steps: 2, .progressive(teacherSteps: 4)).paths(in: schedule)
    #expect(paths.count == 2)
    #expect(paths[Timestep(1000)]?.map(\.value) == [1000, 875, 750, 625, 500])
    #expect(paths[Timestep(500)]?.map(\.value) == [500, 375, 250, 125, 0])
  }

  @Test func stagesEndAtTheirShareOfTheSteps() {
    let stages = [
      DistillationStage(steps: 2, .progressive(teacherSteps: 2)),
      DistillationStage(steps: 1, .distributionMatching(criticSteps: 2), share: 3),
    ]
    #expect((0...2).map { DistillationStage.start(of: $0, in: stages, total: 10) } == [0, 3, 10])
  }

  @Test func aProcessOfFewerTimestepsThanTheTeachersStepsIsRefused() throws {
    let schedule = try NoiseSchedule(.cosine, timesteps: 20)
    #expect(throws: SamplingError.steps(32, of: 20)) {
      try DistillationStage.usual(to: 1)[0].paths(in: schedule)
    }
  }
}
