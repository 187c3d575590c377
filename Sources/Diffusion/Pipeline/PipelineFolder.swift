// A model's folder as diffusers lays it out: network, scheduler, weights.

/// What a diffusers pipeline folder holds.
package struct PipelineFolder: Sendable {
  /// The network's shape.
  package let unet: UNetConfiguration
  /// The process it was trained for.
  package let scheduler: SchedulerConfiguration
  /// The weights, under the names diffusers uses today.
  package let weights: Safetensors
  /// Keys of the configurations that mean nothing here; worth a warning.
  package let ignoredKeys: [String]
  /// Settings of the scheduler that are not honoured to the letter, and what is taken for each.
  package let approximations: [String]

  /// The version of diffusers whose format is written.
  static let diffusersVersion = "0.30.0"

  enum PipelineClass: String, CaseIterable {
    case ddpm = "DDPMPipeline"
    case ddim = "DDIMPipeline"
  }

  /// Reads a pipeline's folder.
  ///
  /// - Parameter path: a folder with `unet` and `scheduler` in it, or, as old models have it, with
  ///   the files of both side by side.
  /// - Throws: `FileError` that names the file that is missing, wrong or not supported.
  package init(at path: String) throws(FileError) {
    try Path.check(path)
    let index = Path.join(path, Name.index)
    if Path.exists(index) { try Self.checkIndex(index) }
    let network = Self.part(Name.unet, of: path)
    let networkFile = Path.join(network, Name.unetConfiguration)
    guard Path.exists(networkFile) else {
      let reason = "is not a model's folder: it has no \(Name.unetConfigurationPath)"
      throw FileError(path: path, .invalid(reason))
    }
    let schedulerFile = Path.join(
      Self.part(Name.scheduler, of: path), Name.schedulerConfiguration)
    guard Path.exists(schedulerFile) else {
      let reason =
        "holds a network but no scheduler (\(Name.schedulerConfigurationPath)): give the whole"
        + " pipeline's folder, the one with \(Name.index)"
      throw FileError(path: path, .invalid(reason))
    }
    var fields = try ConfigurationFields(contentsOf: networkFile)
    unet = try UNetConfiguration(&fields)
    var schedulerFields = try ConfigurationFields(contentsOf: schedulerFile)
    scheduler = try SchedulerConfiguration(&schedulerFields)
    ignoredKeys = fields.ignoredKeys + schedulerFields.ignoredKeys
    approximations = schedulerFields.approximations
    weights = try Self.readWeights(in: network).renamed(Self.currentName)
  }

  /// Makes sure that the network outputs what the scheduler reads: a prediction, and where it learned
  /// them as many variances.
  ///
  /// - Throws: `FileError`.
  func checkChannels(of path: String) throws(FileError) {
    let (inputs, outputs) = (unet.inChannels, unet.outChannels)
    let readsVariance = scheduler.family == .ddpm(.learned)
    guard outputs == inputs && !readsVariance || unet.learnsVariance else {
      let reason =
        "the network has \(inputs) channels in and \(outputs) out: it must have as many out, or twice"
        + " as many where it learned the variance (variance_type learned_range)"
      throw FileError(path: path, .invalid(reason))
    }
  }

  private static func checkIndex(_ path: String) throws(FileError) {
    var fields = try ConfigurationFields(contentsOf: path)
    _ = try fields.choice("_class_name", default: PipelineClass.ddpm)
  }

  private static func readWeights(in folder: String) throws(FileError) -> Safetensors {
    let path = Path.join(folder, Name.weights)
    if !Path.exists(path) {
      let half = Path.join(folder, Name.halfWeights)
      if Path.exists(half) { return try Safetensors(contentsOf: half) }
      let shards = Path.join(folder, Name.shards)
      if Path.exists(shards) {
        let reason =
          "the weights are split over several files, which is not supported: "
          + "save them with max_shard_size=\"100GB\""
        throw FileError(path: shards, .invalid(reason))
      }
      let pickle = Path.join(folder, Name.pickle)
      if Path.exists(pickle) {
        let reason =
          "pickled weights can run code and are not read: "
          + "save them with safe_serialization=True"
        throw FileError(path: pickle, .invalid(reason))
      }
    }
    return try Safetensors(contentsOf: path)
  }

  /// Attention's names before diffusers 0.15, as in the DDPM authors' converted models.
  private static let formerNames = [
    "query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0",
  ]

  private static func currentName(of name: String) -> String {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.contains("attentions"), parts.count > 1 else { return name }
    let place = parts.count - 2
    parts[place] = formerNames[parts[place]] ?? parts[place]
    return parts.joined(separator: ".")
  }

  /// The sub-folder of that name where there is one, else the folder itself.
  private static func part(_ name: String, of path: String) -> String {
    let folder = Path.join(path, name)
    return Path.exists(folder) ? folder : path
  }
}
