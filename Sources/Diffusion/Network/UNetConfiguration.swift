// The shape of a U-Net: what diffusers' UNet2DModel is configured with, as far as it is built here.

/// How a U-Net is built (Ho et al. 2020, appendix B; the same network as diffusers' `UNet2DModel`).
public struct UNetConfiguration: Hashable, Sendable {
  /// Rows and columns of an image, whose channels are the network's own settings.
  public struct Resolution: Hashable, Sendable {
    /// Rows.
    public var height: Int
    /// Pixels in a row.
    public var width: Int

    /// `height` rows of `width` pixels.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    /// The resolution of images of a size.
    public init(_ size: ImageSize) { self.init(height: size.height, width: size.width) }
  }

  /// What follows each residual block of a level.
  public enum BlockKind: Hashable, Sendable {
    /// Nothing.
    case plain
    /// Self-attention over the pixels.
    case attention
  }

  /// What stands between the way down and the way up.
  public enum Middle: Hashable, Sendable {
    /// Nothing.
    case none
    /// Two residual blocks.
    case residual
    /// Two residual blocks with self-attention between them.
    case attention
  }

  /// Which half of the timestep's embedding comes first.
  public enum EmbeddingOrder: Hashable, Sendable {
    /// [cos, sin], as in Improved DDPM.
    case cosineFirst
    /// [sin, cos], as in DDPM.
    case sineFirst
  }

  /// Where the stride-2 convolution that halves an image adds zeros.
  public enum DownsamplePadding: Hashable, Sendable {
    /// A row or column on every side.
    case symmetric
    /// A row below and a column on the right, as TensorFlow's SAME does for even sizes.
    case bottomRight
  }

  /// How a residual block takes in the embedding e of timestep and class.
  public enum Conditioning: String, CaseIterable, Hashable, Sendable {
    /// norm(h + e).
    case addition = "default"
    /// norm(h)·(1 + scale) + shift with e = [scale, shift].
    case scaleShift = "scale_shift"
  }

  /// The resolution the network is meant for; its weights do not depend on it.
  public var resolution: Resolution?
  /// Channels of the noisy image.
  public var inChannels: Int
  /// Channels of the prediction.
  public var outChannels: Int
  /// Channels of each level, the full resolution first; each further level halves the image.
  public var channels: [Int]
  /// The levels' blocks on the way down, the full resolution first.
  public var downBlocks: [BlockKind]
  /// The levels' blocks on the way up, the deepest first.
  public var upBlocks: [BlockKind]
  /// Residual blocks of a level on the way down; there is one more on the way up.
  public var layersPerBlock: Int
  /// What stands at the deepest level.
  public var middle: Middle
  /// Groups of every group normalisation.
  public var normGroups: Int
  /// What group normalisation adds to the variance.
  public var normEpsilon: Double
  /// Groups of the normalisation in the middle's attention. nil: `normGroups`, except with
  /// `.scaleShift`, where that attention is then not normalised at all.
  public var attentionNormGroups: Int?
  /// Channels of an attention head; nil is one head over all channels.
  public var headChannels: Int?
  /// Channels of the embedding; nil is four times the first level's.
  public var embeddingChannels: Int?
  /// Which half of the timestep's embedding comes first.
  public var embeddingOrder: EmbeddingOrder
  /// s in the embedding's frequencies 10000^(-i / (h - s)), h being half the first level's channels.
  public var frequencyShift: Double
  /// Where a downsampling convolution adds zeros.
  public var downsamplePadding: DownsamplePadding
  /// How residual blocks take in the embedding.
  public var conditioning: Conditioning
  /// What the middle's results are divided by.
  public var middleScale: Double
  /// Probability of dropping a value between a residual block's second activation and convolution.
  public var dropout: Double
  /// Rows of the table of classes, the null class among them; nil for an unconditional network.
  public var classes: Int?
  /// The row that stands for no class, the last one; nil where there is none, so that the network
  /// cannot be guided.
  public var nullClass: Int?
  /// Classes that no training image had: they are not learned, and not drawn unless asked for by number.
  public var unseenClasses: [Int] = []
  /// Whether the input x becomes 2x - 1 first, for images in [0, 1].
  public var centersInput: Bool
  /// n of the features sin ωx and cos ωx, ω = 2ⁿπ·255/256, that the network sees beside its input x (Kingma et
  /// al. 2021, Appendix C), so that it tells apart levels of grey: n = 8 has a period for each.
  public var fourierFeatures: [Int] = []

  /// A network with the defaults of diffusers' `UNet2DModel` for whatever is not given.
  public init(
    resolution: Resolution?, inChannels: Int, outChannels: Int, channels: [Int],
    downBlocks: [BlockKind], upBlocks: [BlockKind], layersPerBlock: Int = 2,
    middle: Middle = .attention, normGroups: Int = 32, normEpsilon: Double = 1e-5,
    attentionNormGroups: Int? = nil, headChannels: Int? = 8, embeddingChannels: Int? = nil,
    embeddingOrder: EmbeddingOrder = .cosineFirst, frequencyShift: Double = 0,
    downsamplePadding: DownsamplePadding = .symmetric, conditioning: Conditioning = .addition,
    middleScale: Double = 1, dropout: Double = 0, classes: Int? = nil, nullClass: Int? = nil,
    centersInput: Bool = false
  ) {
    self.resolution = resolution
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.channels = channels
    self.downBlocks = downBlocks
    self.upBlocks = upBlocks
    self.layersPerBlock = layersPerBlock
    self.middle = middle
    self.normGroups = normGroups
    self.normEpsilon = normEpsilon
    self.attentionNormGroups = attentionNormGroups
    self.headChannels = headChannels
    self.embeddingChannels = embeddingChannels
    self.embeddingOrder = embeddingOrder
    self.frequencyShift = frequencyShift
    self.downsamplePadding = downsamplePadding
    self.conditioning = conditioning
    self.middleScale = middleScale
    self.dropout = dropout
    self.classes = classes
    self.nullClass = nullClass
    self.centersInput = centersInput
  }
}

extension UNetConfiguration {
  /// The sizes a user chooses from.
  public enum Preset: String, CaseIterable, Sendable {
    /// Channels 16, 32, 32; one residual block per level.
    case tiny
    /// Channels 32, 64, 64; one residual block per level.
    case small
    /// Channels 64, 128, 128; two residual blocks per level.
    case base
  }

  /// A preset for images of a size: attention at the second level and in the middle, heads of
  /// eight channels.
  ///
  /// - Parameters:
  ///   - preset: which one.
  ///   - imageSize: the images; their channels are the network's on both ends.
  ///   - classes: how many classes to condition on, besides the null class; nil for none.
  public init(_ preset: Preset, imageSize: ImageSize, classes: Int? = nil) {
    let (channels, layers, groups) =
      switch preset {
      case .tiny: ([16, 32, 32], 1, 8)
      case .small: ([32, 64, 64], 1, 8)
      case .base: ([64, 128, 128], 2, 32)
      }
    self.init(
      resolution: Resolution(imageSize),
      inChannels: imageSize.channels, outChannels: imageSize.channels, channels: channels,
      downBlocks: [.plain, .attention, .plain], upBlocks: [.plain, .attention, .plain],
      layersPerBlock: layers, normGroups: groups, classes: classes.map { $0 + 1 },
      nullClass: classes)
  }

  /// Input and output channels of every residual block outside the middle, in the order of the
  /// forward pass. On the way up a block's input is what comes from below beside a skip connection.
  package var residualChannels: [(input: Int, output: Int)] {
    var widths: [(input: Int, output: Int)] = []
    var skips = Array(channels.prefix(1))
    var current = channels.first ?? 0
    for (level, output) in channels.enumerated() {
      for _ in 0..<layersPerBlock {
        widths.append((current, output))
        current = output
        skips.append(current)
      }
      if level < channels.count - 1 { skips.append(current) }
    }
    for output in channels.reversed() {
      for _ in 0...layersPerBlock {
        widths.append((current + (skips.popLast() ?? 0), output))
        current = output
      }
    }
    return widths
  }
}
