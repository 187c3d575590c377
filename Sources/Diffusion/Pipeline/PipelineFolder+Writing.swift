// The files of a model's folder, as bytes for whoever writes them.

extension PipelineFolder {
  /// A file of the folder.
  package struct File: Equatable, Sendable {
    /// Its path below the folder.
    package let path: String
    /// Its content.
    package let bytes: [UInt8]
  }

  /// The files of a folder that diffusers' `DDPMPipeline.from_pretrained` opens.
  ///
  /// In the order of `Name.all`, in which they are to be written.
  ///
  /// - Parameters:
  ///   - unet: the network's shape.
  ///   - scheduler: the process it was trained for.
  ///   - weights: the network's parameters, in any order.
  package static func files(
    unet: UNetConfiguration, scheduler: SchedulerConfiguration, weights: [Safetensors.Entry]
  ) -> [File] {
    // DDPM's pipeline hands its scheduler a random generator, which only DDPM's and DDIM's take.
    let pipeline: PipelineClass =
      switch scheduler.family {
      case .ddpm: .ddpm
      case .ddim, .euler, .heun, .dpmSolver, .uniPC: .ddim
      }
    let index = JSON.object([
      JSON.Member("_class_name", .string(pipeline.rawValue)),
      JSON.Member("_diffusers_version", .string(diffusersVersion)),
      JSON.Member(Name.scheduler, ["diffusers", .string(scheduler.className)]),
      JSON.Member(Name.unet, ["diffusers", .string(UNetConfiguration.className)]),
    ])
    return [
      File(path: Name.weightsPath, bytes: Safetensors.encode(weights)),
      File(path: Name.unetConfigurationPath, bytes: text(unet.json)),
      File(path: Name.schedulerConfigurationPath, bytes: text(scheduler.json)),
      File(path: Name.index, bytes: text(index)),
    ]
  }

  private static func text(_ json: JSON) -> [UInt8] {
    Array((json.sorted.text(.indented) + "\n").utf8)
  }
}
