// Whether a U-Net can be built from a configuration, and built in the memory of a computer.

extension UNetConfiguration {
  /// Bounds that no network of this kind comes near and no hostile file gets past.
  package enum Limit {
    package static let levels = 1...8
    package static let layers = 1...16
    package static let levelChannels = 2...8192
    package static let classes = 1...100_000
    package static let dropout = 0...0.99
    static let imageSide = 1...4096
    static let channels = 1...8192
    static let embedding = 1...32768
    static let epsilon = 1e-12...1
    static let scale = 1e-3...1e3
    /// Above, single precision has no fraction of a period left.
    static let fourierFeatures = 1...16
    static let fourierFeatureCount = 0...16
    static let parameters = 1_000_000_000
  }

  /// Checks that the network can be built.
  ///
  /// - Throws: `ConfigurationError`, the first thing that is wrong.
  package func validate() throws(ConfigurationError) {
    try checkRanges()
    guard channels.count == downBlocks.count, channels.count == upBlocks.count else {
      throw .levels(
        channels: channels.count, downBlocks: downBlocks.count, upBlocks: upBlocks.count)
    }
    if let resolution {
      let (height, width) = (resolution.height, resolution.width)
      let multiple = 1 << (channels.count - 1)
      guard height.isMultiple(of: multiple), width.isMultiple(of: multiple) else {
        throw .resolution(height: height, width: width, levels: channels.count)
      }
    }
    try checkGroups()
    try checkHeads()
    try checkParameters()
  }

  private func checkRanges() throws(ConfigurationError) {
    if let resolution {
      try ConfigurationError.check("the image height", resolution.height, in: Limit.imageSide)
      try ConfigurationError.check("the image width", resolution.width, in: Limit.imageSide)
    }
    try ConfigurationError.check("in_channels", inChannels, in: Limit.channels)
    try ConfigurationError.check("out_channels", outChannels, in: Limit.channels)
    try ConfigurationError.check("the number of levels", channels.count, in: Limit.levels)
    try ConfigurationError.check(
      "the number of Fourier features", fourierFeatures.count, in: Limit.fourierFeatureCount)
    for exponent in fourierFeatures {
      try ConfigurationError.check("a Fourier feature's n", exponent, in: Limit.fourierFeatures)
    }
    for width in channels {
      try ConfigurationError.check("a level's channels", width, in: Limit.levelChannels)
    }
    try ConfigurationError.check("layers_per_block", layersPerBlock, in: Limit.layers)
    try ConfigurationError.check("norm_num_groups", normGroups, in: Limit.channels)
    try ConfigurationError.check(
      "attn_norm_num_groups", attentionNormGroups ?? 1, in: Limit.channels)
    try ConfigurationError.check("attention_head_dim", headChannels ?? 1, in: Limit.channels)
    try ConfigurationError.check(
      "time_embedding_dim", embeddingChannels ?? 1, in: Limit.embedding)
    try ConfigurationError.check("num_class_embeds", classes ?? 1, in: Limit.classes)
    if let nullClass {
      let last = (classes ?? 0) - 1
      guard nullClass == last, last > 0 else {
        throw .outOfRange(
          setting: UNetConfiguration.nullClassKey, value: "\(nullClass)",
          allowed: "the last of the num_class_embeds rows, behind those of the classes")
      }
    }
    let allowed = "some of the classes, and not all of them"
    if let wrong = unseenClasses.first(where: { !(0..<(labelCount ?? 0)).contains($0) }) {
      throw .outOfRange(
        setting: UNetConfiguration.unseenClassesKey, value: "\(wrong)", allowed: allowed)
    }
    guard unseenClasses.isEmpty || !seenClasses.isEmpty else {
      throw .outOfRange(
        setting: UNetConfiguration.unseenClassesKey, value: "all of them", allowed: allowed)
    }
    try ConfigurationError.check("norm_eps", normEpsilon, in: Limit.epsilon)
    try ConfigurationError.check("mid_block_scale_factor", middleScale, in: Limit.scale)
    try ConfigurationError.check("dropout", dropout, in: Limit.dropout)
    let half = Double(channels[0] / 2)
    guard frequencyShift >= 0, frequencyShift < half else {
      throw .outOfRange(
        setting: "freq_shift", value: "\(frequencyShift)",
        allowed: "at least 0 and less than \(half), half the first level's channels")
    }
  }

  private func checkGroups() throws(ConfigurationError) {
    for width in residualChannels.flatMap({ [$0.input, $0.output] })
    where !width.isMultiple(of: normGroups) {
      throw .groups(normGroups, channels: width)
    }
    let deepest = channels[channels.count - 1]
    if middle == .attention, let groups = attentionNormGroups, !deepest.isMultiple(of: groups) {
      throw .groups(groups, channels: deepest)
    }
  }

  private func checkHeads() throws(ConfigurationError) {
    guard let headChannels else { return }
    var widths = Array(zip(channels, downBlocks)) + Array(zip(channels.reversed(), upBlocks))
    if middle == .attention { widths.append((channels[channels.count - 1], .attention)) }
    for (width, kind) in widths where kind == .attention && headChannels > width {
      throw .head(headChannels, channels: width)
    }
  }

  /// Two 3x3 convolutions make nearly all of a residual block; that is near enough for a limit.
  private func checkParameters() throws(ConfigurationError) {
    let embedding = embeddingChannels ?? 4 * channels[0]
    var parameters = embedding * (embedding + (classes ?? 0))
    for (input, output) in residualChannels { parameters += 9 * output * (input + output) }
    guard parameters <= Limit.parameters else {
      throw .tooLarge(parameters: parameters, limit: Limit.parameters)
    }
  }
}
