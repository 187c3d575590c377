// A model's configurations: of the network, and of the scheduler.

import Diffusion

extension FuzzTarget {
  /// The content is the configuration as it is written.
  static let configuration = FuzzTarget("configuration") { bytes in
    var fields = try ConfigurationFields(bytes, path: path)
    let isNetwork = fields.value("_class_name") == "UNet2DModel"
    let json = isNetwork ? try network(&fields) : try scheduler(&fields)
    return Array(json.text(.compact).utf8)
  }

  private static func network(_ fields: inout ConfigurationFields) throws -> JSON {
    let configuration = try UNetConfiguration(&fields)
    // What reading has validated makes a network.
    demand(try UNet(configuration).layout.parameterCount > 0, "a network without weights")
    var written = try ConfigurationFields(
      Array(configuration.json.text(.indented).utf8), path: path)
    demand(try UNetConfiguration(&written) == configuration, "a network changes by writing")
    demand(written.ignoredKeys.isEmpty, "ignores what it wrote: \(written.ignoredKeys)")
    return configuration.json
  }

  private static func scheduler(_ fields: inout ConfigurationFields) throws -> JSON {
    let configuration = try SchedulerConfiguration(&fields)
    // Longer schedules take their time, in no other way.
    if configuration.timesteps <= mostTabulated {
      do throws(ScheduleError) {
        let schedule = try NoiseSchedule(configuration)
        demand(schedule.last.value == configuration.timesteps, "a schedule of another length")
      } catch {
        throw fields.invalid(error.description)
      }
    }
    var written = try ConfigurationFields(
      Array(configuration.json.text(.indented).utf8), path: path)
    let again = try SchedulerConfiguration(&written)
    demand(again == configuration, "a scheduler changes by writing: \(again), \(configuration)")
    demand(
      written.ignoredKeys.isEmpty && written.approximations.isEmpty,
      "does not take what it wrote: \(written.ignoredKeys) \(written.approximations)")
    return configuration.json
  }

  private static let mostTabulated = 1000
}
