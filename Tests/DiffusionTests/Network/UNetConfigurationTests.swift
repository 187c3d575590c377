// Configurations of networks that can be built pass; the others say what to change.

import Diffusion
import Testing

@Suite struct UNetConfigurationTests {
  private static let digits = ImageSize(height: 28, width: 28, channels: 1)

  @Test(arguments: UNetConfiguration.Preset.allCases)
  func presetsAreValid(preset: UNetConfiguration.Preset) throws {
    try UNetConfiguration(preset, imageSize: Self.digits).validate()
    let colour = ImageSize(height: 32, width: 20, channels: 3)
    let conditional = UNetConfiguration(preset, imageSize: colour, classes: 10)
    try conditional.validate()
    #expect(conditional.classes == 11 && conditional.nullClass == 10)
    #expect(conditional.labelCount == 10)
    #expect(conditional.inChannels == 3 && conditional.outChannels == 3)
  }

  @Test func theSmallPresetHasItsPublishedSize() {
    let shapes = UNetConfiguration(.small, imageSize: Self.digits).parameterShapes
    #expect(shapes.values.map { $0.reduce(1, *) }.reduce(0, +) == 1_112_801)
  }

  @Test(arguments: UNetConfiguration.Preset.allCases)
  func residualBlocksHaveTheWidthsOfTheirConvolutions(preset: UNetConfiguration.Preset) {
    let configuration = UNetConfiguration(preset, imageSize: Self.digits)
    let convolutions = configuration.parameterShapes.filter {
      $0.key.hasSuffix(".conv1.weight") && !$0.key.hasPrefix("mid_block")
    }
    #expect(
      configuration.residualChannels.map { [$0.output, $0.input] }.sorted {
        $0.lexicographicallyPrecedes($1)
      }
        == convolutions.values.map { Array($0.prefix(2)) }.sorted {
          $0.lexicographicallyPrecedes($1)
        })
  }

  private typealias Change = @Sendable (inout UNetConfiguration) -> Void

  private static let faults: [(String, Change)] = [
    (
      "pad the images to 32 x 32 or use fewer levels",
      {
        $0.channels = [8, 8, 8, 8]
        $0.downBlocks = [.plain, .plain, .plain, .plain]
        $0.upBlocks = $0.downBlocks
      }
    ),
    ("multiples of 4, not 28 x 27: pad the images to 28 x 28", { $0.resolution?.width = 27 }),
    ("the image height is 0", { $0.resolution?.height = 0 }),
    ("the image width is -4", { $0.resolution?.width = -4 }),
    ("the image height is 1048576", { $0.resolution?.height = 1 << 20 }),
    ("in_channels is 0; it must be from 1 to 8192", { $0.inChannels = 0 }),
    ("out_channels is -1", { $0.outChannels = -1 }),
    ("the number of levels is 0", { $0.channels = [] }),
    ("the number of levels is 9", { $0.channels = Array(repeating: 8, count: 9) }),
    ("a level's channels is 0", { $0.channels[1] = 0 }),
    ("a level's channels is 1000000", { $0.channels[1] = 1_000_000 }),
    ("3 levels of channels, 2 of down blocks", { $0.downBlocks.removeLast() }),
    ("3 levels of channels, 3 of down blocks and 4", { $0.upBlocks.append(.plain) }),
    ("layers_per_block is 0", { $0.layersPerBlock = 0 }),
    ("layers_per_block is \(Int.max)", { $0.layersPerBlock = .max }),
    ("norm_num_groups is 0", { $0.normGroups = 0 }),
    ("36 channels cannot be divided into 8", { $0.channels[2] = 36 }),
    ("32 channels cannot be divided into 64", { $0.normGroups = 64 }),
    ("norm_eps is nan", { $0.normEpsilon = .nan }),
    ("norm_eps is 0.0", { $0.normEpsilon = 0 }),
    ("64 channels cannot be divided into 5", { $0.attentionNormGroups = 5 }),
    ("attn_norm_num_groups is 0", { $0.attentionNormGroups = 0 }),
    ("an attention head of 65 channels does not fit a level of 64", { $0.headChannels = 65 }),
    ("attention_head_dim is 0", { $0.headChannels = 0 }),
    ("time_embedding_dim is 0", { $0.embeddingChannels = 0 }),
    ("freq_shift is 16.0; it must be at least 0 and less than 16.0", { $0.frequencyShift = 16 }),
    ("mid_block_scale_factor is 0.0", { $0.middleScale = 0 }),
    ("dropout is 1.0", { $0.dropout = 1 }),
    ("num_class_embeds is 0", { $0.classes = 0 }),
    ("_ddpm_null_class is 10; it must be the last", { ($0.classes, $0.nullClass) = (10, 10) }),
    ("_ddpm_null_class is 0", { ($0.classes, $0.nullClass) = (1, 0) }),
    ("_ddpm_null_class is 0", { ($0.classes, $0.nullClass) = (nil, 0) }),
    ("_ddpm_null_class is -1", { ($0.classes, $0.nullClass) = (nil, -1) }),
    ("_ddpm_null_class is \(Int.min)", { ($0.classes, $0.nullClass) = (3, .min) }),
    (
      "_ddpm_unseen_classes is 3; it must be",
      { ($0.classes, $0.nullClass, $0.unseenClasses) = (4, 3, [3]) }
    ),
    (
      "_ddpm_unseen_classes is all of them",
      { ($0.classes, $0.nullClass, $0.unseenClasses) = (3, 2, [0, 1]) }
    ),
    ("the limit is 1000000000", { $0.channels = [8192, 8192, 8192] }),
  ]

  @Test(arguments: faults.indices)
  func whatCannotBeBuiltIsRefusedWithASentence(index: Int) {
    let (sentence, change) = Self.faults[index]
    var configuration = UNetConfiguration(.small, imageSize: Self.digits)
    change(&configuration)
    let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
  }

  @Test func headsAreOnlyCheckedWhereAttentionStands() throws {
    var configuration = UNetConfiguration(.small, imageSize: Self.digits)
    configuration.headChannels = 33
    try configuration.validate()
    configuration.upBlocks[2] = .attention
    #expect(throws: ConfigurationError.head(33, channels: 32)) { try configuration.validate() }
  }
}
