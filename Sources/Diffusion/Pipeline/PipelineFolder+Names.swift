// What the files of a model's folder are called.

extension PipelineFolder {
  /// The names of files and sub-folders, as diffusers has them.
  package enum Name {
    static let index = "model_index.json"
    static let unet = "unet"
    static let scheduler = "scheduler"
    static let unetConfiguration = "config.json"
    static let schedulerConfiguration = "scheduler_config.json"
    static let weights = "diffusion_pytorch_model.safetensors"
    /// Weights in half precision, as diffusers saves the variant of that name.
    static let halfWeights = "diffusion_pytorch_model.fp16.safetensors"
    static let shards = "diffusion_pytorch_model.safetensors.index.json"
    static let pickle = "diffusion_pytorch_model.bin"

    /// The path of the network's shape below the folder.
    package static let unetConfigurationPath = Path.join(unet, unetConfiguration)
    /// The path of the process below the folder.
    package static let schedulerConfigurationPath = Path.join(scheduler, schedulerConfiguration)
    /// The path of the weights below the folder.
    package static let weightsPath = Path.join(unet, weights)

    /// The paths of all files that are written, in that order: a folder looks like a pipeline only
    /// once all of it is there.
    package static let all = [
      weightsPath, unetConfigurationPath, schedulerConfigurationPath, index,
    ]
  }
}
