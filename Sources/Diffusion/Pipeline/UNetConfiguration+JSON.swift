// A U-Net's configuration as the unet/config.json that diffusers' UNet2DModel reads and writes.

extension UNetConfiguration {
  /// The class of the networks that can be built here.
  static let className = "UNet2DModel"
  /// Our own key, which diffusers ignores: the row of the class embedding that stands for none.
  static let nullClassKey = "_ddpm_null_class"
  /// Of classes that no training image had.
  static let unseenClassesKey = "_ddpm_unseen_classes"
  /// Of n of the Fourier features; diffusers has no such network.
  static let fourierFeaturesKey = "_ddpm_fourier_features"

  /// Reads diffusers' configuration; absent keys have diffusers' defaults.
  ///
  /// - Parameter fields: the file's keys; those read are noted.
  /// - Throws: `FileError` that names the key whose value is wrong or not supported, or says why
  ///   the network cannot be built.
  package init(_ fields: inout ConfigurationFields) throws(FileError) {
    try fields.require("_class_name", oneOf: .string(Self.className))
    try fields.require("time_embedding_type", oneOf: "positional")
    try fields.require("act_fn", oneOf: "silu", "swish")
    try fields.require("class_embed_type", oneOf: .null)
    // Of use to "learned" time embeddings only, which are refused above.
    fields.skip("num_train_timesteps")
    self.init(
      resolution: try Self.resolution(&fields),
      inChannels: try fields.integer("in_channels", default: 3),
      outChannels: try fields.integer("out_channels", default: 3),
      channels: try fields.list(
        "block_out_channels", default: [224, 448, 672, 896], of: "integers"
      ) { if case .integer(let channels) = $0 { channels } else { nil } },
      downBlocks: try Self.blocks(
        &fields, .down, default: [.plain, .attention, .attention, .attention]),
      upBlocks: try Self.blocks(
        &fields, .up, default: [.attention, .attention, .attention, .plain]),
      layersPerBlock: try fields.integer("layers_per_block", default: 2),
      middle: try Self.middle(&fields),
      normGroups: try fields.integer("norm_num_groups", default: 32),
      normEpsilon: try fields.number("norm_eps", default: 1e-5),
      attentionNormGroups: try fields.optionalInteger("attn_norm_num_groups"),
      headChannels: try fields.optionalInteger("attention_head_dim", default: 8),
      embeddingChannels: try fields.optionalInteger("time_embedding_dim"),
      embeddingOrder: try fields.flag("flip_sin_to_cos", default: true)
        ? .cosineFirst : .sineFirst,
      frequencyShift: try fields.number("freq_shift", default: 0),
      downsamplePadding: try Self.padding(&fields),
      conditioning: try fields.choice("resnet_time_scale_shift", default: .addition),
      middleScale: try fields.number("mid_block_scale_factor", default: 1),
      dropout: try fields.number("dropout", default: 0),
      classes: try fields.optionalInteger("num_class_embeds"),
      nullClass: try fields.optionalInteger(Self.nullClassKey),
      centersInput: try fields.flag("center_input_sample", default: false))
    unseenClasses = try Self.integers(Self.unseenClassesKey, &fields)
    fourierFeatures = try Self.integers(Self.fourierFeaturesKey, &fields)
    // Plain blocks always resample by convolution, whatever these keys say.
    if downBlocks.contains(.attention) { try fields.require("downsample_type", oneOf: "conv") }
    if upBlocks.contains(.attention) { try fields.require("upsample_type", oneOf: "conv") }
    fields.skip("downsample_type", "upsample_type")
    try fields.check(validate)
  }

  /// All keys of diffusers' configuration, and ours.
  package var json: JSON {
    let size: JSON =
      switch resolution {
      case nil: .null
      case let size? where size.height == size.width: .integer(size.height)
      case let size?: [.integer(size.height), .integer(size.width)]
      }
    let theirs = [
      JSON.Member("_class_name", .string(Self.className)),
      JSON.Member("_diffusers_version", .string(PipelineFolder.diffusersVersion)),
      JSON.Member("act_fn", "silu"),
      JSON.Member("add_attention", .bool(middle != .residual)),
      JSON.Member("attention_head_dim", .optional(headChannels)),
      JSON.Member("attn_norm_num_groups", .optional(attentionNormGroups)),
      JSON.Member("block_out_channels", .array(channels.map(JSON.integer))),
      JSON.Member("center_input_sample", .bool(centersInput)),
      JSON.Member("class_embed_type", .null),
      JSON.Member("down_block_types", .array(downBlocks.map { .string(Way.down.name(of: $0)) })),
      JSON.Member("downsample_padding", downsamplePadding == .symmetric ? 1 : 0),
      JSON.Member("downsample_type", "conv"),
      JSON.Member("dropout", .number(dropout)),
      JSON.Member("flip_sin_to_cos", .bool(embeddingOrder == .cosineFirst)),
      JSON.Member("freq_shift", .shortest(frequencyShift)),
      JSON.Member("in_channels", .integer(inChannels)),
      JSON.Member("layers_per_block", .integer(layersPerBlock)),
      JSON.Member("mid_block_scale_factor", .shortest(middleScale)),
      JSON.Member("mid_block_type", middle == .none ? .null : .string(Self.middleName)),
      JSON.Member("norm_eps", .number(normEpsilon)),
      JSON.Member("norm_num_groups", .integer(normGroups)),
      JSON.Member("num_class_embeds", .optional(classes)),
      JSON.Member("num_train_timesteps", .null),
      JSON.Member("out_channels", .integer(outChannels)),
      JSON.Member("resnet_time_scale_shift", .string(conditioning.rawValue)),
      JSON.Member("sample_size", size),
      JSON.Member("time_embedding_dim", .optional(embeddingChannels)),
      JSON.Member("time_embedding_type", "positional"),
      JSON.Member("up_block_types", .array(upBlocks.map { .string(Way.up.name(of: $0)) })),
      JSON.Member("upsample_type", "conv"),
    ]
    let ours = nullClass.map { [JSON.Member(Self.nullClassKey, .integer($0))] } ?? []
    let lists = [
      (Self.unseenClassesKey, unseenClasses), (Self.fourierFeaturesKey, fourierFeatures),
    ].filter { !$0.1.isEmpty }.map { JSON.Member($0.0, .array($0.1.map(JSON.integer))) }
    return .object(theirs + ours + lists)
  }

  /// A list of integers; none where the key is absent.
  private static func integers(
    _ key: String, _ fields: inout ConfigurationFields
  ) throws(FileError) -> [Int] {
    try fields.list(key, default: [], of: "integers") {
      if case .integer(let number) = $0 { number } else { nil }
    }
  }

  // MARK: Keys with rules of their own

  private static let middleName = "UNetMidBlock2D"

  private enum Way: String {
    case down = "Down"
    case up = "Up"

    var key: String { "\(rawValue.lowercased())_block_types" }

    func name(of kind: BlockKind) -> String {
      switch kind {
      case .plain: "\(rawValue)Block2D"
      case .attention: "Attn\(rawValue)Block2D"
      }
    }
  }

  private static func blocks(
    _ fields: inout ConfigurationFields, _ way: Way, default standard: [BlockKind]
  ) throws(FileError) -> [BlockKind] {
    let (plain, attention) = (way.name(of: .plain), way.name(of: .attention))
    return try fields.list(way.key, default: standard, of: "\(plain), \(attention)") { element in
      switch element {
      case .string(plain): .plain
      case .string(attention): .attention
      default: nil
      }
    }
  }

  private static func resolution(
    _ fields: inout ConfigurationFields
  ) throws(FileError) -> Resolution? {
    switch fields.value("sample_size") {
    case nil, .null?: return nil
    case .integer(let side)?: return Resolution(height: side, width: side)
    case .array(let sides)?:
      if sides.count == 2, case .integer(let height) = sides[0], case .integer(let width) = sides[1]
      {
        return Resolution(height: height, width: width)
      }
      throw fields.invalid("sample_size must be one integer, two integers or null")
    case let other?: throw fields.mismatch("sample_size", other, "one integer, two or null")
    }
  }

  private static func middle(_ fields: inout ConfigurationFields) throws(FileError) -> Middle {
    try fields.require("mid_block_type", oneOf: .string(middleName), .null)
    let attention = try fields.flag("add_attention", default: true)
    if fields.value("mid_block_type") == .null { return .none }
    return attention ? .attention : .residual
  }

  private static func padding(
    _ fields: inout ConfigurationFields
  ) throws(FileError) -> DownsamplePadding {
    try fields.require("downsample_padding", oneOf: 1, 0)
    return fields.value("downsample_padding") == 0 ? .bottomRight : .symmetric
  }
}
