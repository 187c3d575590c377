import Diffusion
import Testing

@Test func theFirstTimestepHasTheNetworksIndexZero() {
  #expect(Timestep(1).index == 0)
  #expect(Timestep(index: 999) == Timestep(1000))
}

@Test func timestepsOfAScheduleAreACollection() throws {
  let schedule = try NoiseSchedule(.linear, timesteps: 50)
  #expect(schedule.timesteps.count == 50)
  #expect(schedule.timesteps.first == Timestep(1))
  #expect(schedule.timesteps.reversed().first == Timestep(50))
}

@Test func moreNoiseIsLater() {
  #expect(Timestep.zero < Timestep(1))
  #expect(Timestep(7).distance(to: Timestep(4)) == -3)
  #expect(Timestep(7).advanced(by: -3) == Timestep(4))
}
