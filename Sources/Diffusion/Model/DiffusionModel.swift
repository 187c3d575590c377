// A trained network together with the process it was trained for: what a folder on disk holds.

internal import Autograd

/// A model to sample from and to evaluate.
public struct DiffusionModel: Sendable {
  /// The network's shape.
  package let configuration: UNetConfiguration
  /// The forward process.
  public let schedule: NoiseSchedule
  /// What the network outputs.
  public let prediction: Prediction
  /// What becomes of estimates of x0 that leave the range of images.
  public let clipping: Clipping
  /// The size of its images.
  public let imageSize: ImageSize
  /// Keys of the folder's files that mean nothing to this program.
  package let ignoredKeys: [String]

  /// Which of a training's weights make the model.
  public enum Weights: String, CaseIterable, Sendable {
    /// Their moving average.
    case ema
    /// The weights themselves, which only a folder of this program's training keeps.
    case raw
  }

  let unet: UNet
  let parameters: Parameters

  init(
    _ unet: UNet, _ parameters: Parameters, schedule: NoiseSchedule, prediction: Prediction,
    clipping: Clipping, imageSize: ImageSize, ignoredKeys: [String] = []
  ) {
    (self.unet, self.parameters) = (unet, parameters)
    configuration = unet.configuration
    (self.schedule, self.prediction, self.clipping) = (schedule, prediction, clipping)
    self.imageSize = imageSize
    self.ignoredKeys = ignoredKeys
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
    guard !files.scheduler.rescalesToZeroSNR else {
      throw invalid("a schedule rescaled to zero terminal SNR is not supported")
    }
    let unet: UNet
    let schedule: NoiseSchedule
    do { unet = try UNet(files.unet) } catch { throw invalid(error.description) }
    do { schedule = try NoiseSchedule(files.scheduler) } catch { throw invalid(error.description) }
    guard files.unet.inChannels == files.unet.outChannels else {
      throw invalid(
        "the network has \(files.unet.inChannels) channels in and \(files.unet.outChannels) out;"
          + " models that also learn the variance are not supported")
    }
    guard let size = files.unet.resolution else {
      let name = PipelineFolder.Name.unetConfigurationPath
      throw invalid("\(name) has no sample_size, so the images have no size")
    }
    let parameters = Parameters(unet.layout, for: .inference)
    switch weights {
    case .ema: try parameters.load(files.weights)
    case .raw:
      guard TrainingState.exists(in: folder) else {
        throw invalid(DiffusionModel.noRawWeights)
      }
      try parameters.load(TrainingState(folder: folder).tensors(.weights))
    }
    self.init(
      unet, parameters, schedule: schedule, prediction: files.scheduler.prediction,
      clipping: files.scheduler.clipRange.map(Clipping.toRange) ?? .none,
      imageSize: ImageSize(
        height: size.height, width: size.width, channels: files.unet.inChannels),
      ignoredKeys: files.ignoredKeys)
  }

  /// Why a folder's raw weights cannot be had: no training's state lies in it.
  package static let noRawWeights = "has no raw weights (\(TrainingState.name))"

  /// How many classes its images are of, numbered from 0; nil for an unconditional model.
  public var classCount: Int? { configuration.labelCount }

  /// How many numbers the network's parameters are.
  public var parameterCount: Int { unet.layout.parameterCount }

  /// Floating-point operations of one image's forward pass: two a multiplication and addition of
  /// the convolutions, dense layers and attention.
  package var operationsPerImage: Int { unet.operations(size: imageSize) }
}

extension DiffusionModel {
  /// The files of a folder that holds this model, in the order to write them.
  package var files: [PipelineFolder.File] {
    PipelineFolder.files(
      unet: configuration, scheduler: SchedulerConfiguration(schedule, prediction, clipping),
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
