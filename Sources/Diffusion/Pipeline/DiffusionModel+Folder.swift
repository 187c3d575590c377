// A model on disk: opened from a diffusers pipeline's folder, and written as one.

internal import Autograd

extension DiffusionModel {
  /// Which of a training's weights make the model.
  public enum Weights: String, CaseIterable, Sendable {
    /// Their moving average.
    case ema
    /// The weights themselves, which only a folder of this program's training keeps.
    case raw
  }

  /// Opens a folder: a run of `ddpm train`, or any diffusers pipeline of the supported blocks.
  ///
  /// - Parameters:
  ///   - folder: the folder's path.
  ///   - weights: which weights to take.
  /// - Throws: `FileError` that names the file and what is wrong with it.
  public init(folder: String, weights: Weights = .ema) throws(FileError) {
    let files = try PipelineFolder(at: folder)
    func invalid(_ reason: String) -> FileError { FileError(path: folder, .invalid(reason)) }
    let unet: UNet
    let schedule: NoiseSchedule
    do { unet = try UNet(files.unet) } catch { throw invalid(error.description) }
    do { schedule = try NoiseSchedule(files.scheduler) } catch { throw invalid(error.description) }
    try files.checkChannels(of: folder)
    guard let size = files.unet.resolution else {
      let name = PipelineFolder.Name.unetConfigurationPath
      throw invalid("\(name) has no sample_size, so the images have no size")
    }
    let tensors: Safetensors
    switch weights {
    case .ema: tensors = files.weights
    case .raw:
      guard TrainingState.exists(in: folder) else {
        throw invalid(DiffusionModel.noRawWeights)
      }
      tensors = try TrainingState(folder: folder).tensors(.weights)
    }
    // A configuration may claim any size; that of a file is known.
    try unet.layout.check(tensors)
    let parameters = Parameters(unet.layout, for: .inference)
    try parameters.load(tensors)
    self.init(
      unet, parameters, schedule: schedule, prediction: files.scheduler.prediction,
      clipping: files.scheduler.clipping,
      defaults: files.scheduler.samplingDefaults,
      imageSize: ImageSize(
        height: size.height, width: size.width, channels: files.unet.inChannels),
      ignoredKeys: files.ignoredKeys, approximations: files.approximations)
  }

  /// Why a folder's raw weights cannot be had: no training's state lies in it.
  package static let noRawWeights = "has no raw weights (\(TrainingState.name))"

  /// The files of a folder that holds this model, in the order to write them.
  package var files: [PipelineFolder.File] {
    PipelineFolder.files(
      unet: configuration,
      scheduler: SchedulerConfiguration(schedule, prediction, clipping, defaults),
      weights: unet.layout.entries(parameters.values))
  }

  /// Writes the model as a diffusers pipeline: every file replaced at once or not at all.
  ///
  /// - Parameter folder: created if need be.
  /// - Throws: `FileError`.
  public func save(to folder: String) throws(FileError) {
    for file in files {
      let path = Path.join(folder, file.path)
      try createFolder(Path.parent(of: path))
      try AtomicFile.write(file.bytes, to: path)
    }
  }
}
