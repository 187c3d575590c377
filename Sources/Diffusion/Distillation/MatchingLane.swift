// What a student learns by distribution matching (Yin et al. 2024): images a little more like the data's.

internal import Autograd
internal import Kernels

/// A teacher and a critic that are shown a student's images under noise, and differ.
///
/// The teacher estimates what an image of the data's distribution would look like, the critic what one of
/// the student's: the difference is that of the two scores, along which the divergence
/// KL(student || data) falls.
struct MatchingLane: Lesson {
  private let student: StudentLane
  private let teacher: EstimateLane
  private let critic: EstimateLane
  private let random: (noise: Philox, timesteps: Philox)
  private let memory: (x: FloatMemory, noisy: FloatMemory, real: FloatMemory, drawn: FloatMemory)

  /// The timesteps at which the two are compared, as shares of T (Yin et al. 2024, Section 3.2).
  private static let shares = 0.02...0.98
  /// Where the teacher finds an image nearer than this to its own estimate, the difference is divided by no less.
  private static let leastDistance = 0.01

  /// - Parameters:
  ///   - student: the model as it is when it takes its step.
  ///   - teacher: a model of the data.
  ///   - guidance: w of the teacher's estimates, away from no class; 0 for none.
  ///   - critic: a model of the student's images.
  ///   - grid: the student's timesteps, the noisiest first.
  ///   - seed: of the noise under which the images are compared.
  init(
    _ student: DiffusionModel, _ teacher: DiffusionModel, _ guidance: Double,
    critic: DiffusionModel, _ grid: [Timestep], seed: UInt64
  ) {
    self.student = StudentLane(student, grid)
    self.teacher = EstimateLane(teacher, guidance)
    self.critic = EstimateLane(critic)
    random = (
      Philox(seed: seed, stream: RandomStream.matchingNoise.rawValue),
      Philox(seed: seed, stream: RandomStream.matchingTimestep.rawValue)
    )
    let lane = self.teacher
    memory = (lane.memory(), lane.memory(), lane.memory(), lane.memory())
  }

  /// The student's image x̂0 at its timestep t is to move by the difference of the estimates that critic and
  /// teacher make of it at another timestep τ, over how far the teacher is from it (Eq. 7 and 8):
  ///
  /// ```
  /// x_τ = α_τ x̂0 + σ_τ ε
  /// x̃0  = x̂0 - (x̂0_critic(x_τ) - x̂0_teacher(x_τ)) / rms(x̂0 - x̂0_teacher(x_τ))
  /// ```
  func teach(_ draws: ArraySlice<Draw>, _ examples: ExampleLane) {
    let (lane, schedule) = (student.lane, teacher.model.schedule)
    let rows = draws.compactMap(\.classRow)
    for place in 0..<draws.count {
      lane.image(place, of: memory.x).copy(from: examples.noise(place))
    }
    student.draw(memory.x, to: draws.map(\.timestep), rows)
    let timesteps = draws.map { timestep($0, of: schedule) }
    for (place, draw) in draws.enumerated() {
      let noisy = lane.image(place, of: memory.noisy)
      random.noise.fillNormal(noisy, item: draw.noise.item, time: draw.noise.time)
      schedule.noised(at: timesteps[place]).apply(
        x0: lane.image(place, of: student.x0), noise: noisy, into: noisy)
    }
    teacher.estimate(memory.noisy, at: timesteps, rows, into: memory.real)
    critic.estimate(memory.noisy, at: timesteps, rows, into: memory.drawn)
    for (place, draw) in draws.enumerated() {
      let (image, x0) = (lane.image(place, of: student.x0), examples.x0(place))
      let (real, drawn) = (lane.image(place, of: memory.real), lane.image(place, of: memory.drawn))
      let scale = 1 / max(distance(image, real), MatchingLane.leastDistance)
      combine(1, image, -scale, drawn, into: x0)
      combine(1, x0, scale, real, into: x0)
      examples.xt(place).copy(from: lane.image(place, of: memory.x))
      examples.setNoise(place, of: schedule.noised(at: draw.timestep))
    }
  }

  /// τ of a draw.
  private func timestep(_ draw: Draw, of schedule: NoiseSchedule) -> Timestep {
    let word = random.timesteps.block(item: draw.noise.item, time: draw.noise.time, index: 0)[0]
    let shares = MatchingLane.shares
    let share =
      shares.lowerBound + (shares.upperBound - shares.lowerBound) * Double(word) / 0x1p32
    return Timestep(index: Int(share * Double(schedule.last.value)))
  }

  private func distance(_ a: Floats, _ b: Floats) -> Double {
    (sumOfSquaredDifferences(a, b) / Double(a.count)).squareRoot()
  }
}
