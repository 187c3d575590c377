// A trained feature network as a file, so that it is trained once for a data set.

internal import Autograd

extension FeatureNetwork {
  /// Names of the file's notes.
  private enum Note {
    static let format = "format"
    static let data = "data"
    static let recipe = "recipe"
  }

  /// Reads the network that was trained on some data and saved.
  ///
  /// - Parameters:
  ///   - path: a file that `save` wrote.
  ///   - data: the training split.
  ///   - architecture: how the network is built.
  /// - Returns: nil if there is no such file, or if it is of other data or of another version of this
  ///   library: the network is then to be trained, and saved over it.
  /// - Throws: `FileError` if the file cannot be read or is damaged, or if the data have no labels.
  public init?(
    savedAt path: String, trainedOn data: Dataset, _ architecture: FeatureArchitecture = .shallow
  ) throws(FileError) {
    let classes = try FeatureNetwork.labels(of: data).classes
    let file: Safetensors
    do {
      file = try Safetensors(contentsOf: path)
    } catch {
      guard error.reason == .missing else { throw error }
      return nil
    }
    let fingerprint = data.labelledFingerprint
    guard
      file.metadata[Note.data] == fingerprint,
      file.metadata[Note.recipe] == architecture.recipe
    else { return nil }
    let layers = FeatureLayers(architecture, size: data.images.size, classes: classes)
    let parameters = Parameters(layers.layout, for: .inference)
    try parameters.load(file)
    self.init(layers, parameters, fingerprint)
  }

  /// Writes the network to a safetensors file: replaced at once or not at all.
  ///
  /// - Parameter path: the file; its folder is there.
  /// - Throws: `FileError`.
  public func save(to path: String) throws(FileError) {
    let bytes = Safetensors.encode(
      layers.layout.entries(parameters.values),
      metadata: [
        Note.format: "pt", Note.data: fingerprint, Note.recipe: architecture.recipe,
      ])
    try AtomicFile.write(bytes, to: path)
  }
}
