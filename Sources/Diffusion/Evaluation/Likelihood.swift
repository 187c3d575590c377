// The likelihood of unseen images: the variational bound with its expectations estimated.

/// The bits per dimension that unseen images cost under a model (Ho et al. 2020, Eq. 5):
///
/// ```
/// total = prior + middle + decoder = L_T + Σ L_{t-1} over t in 2...T + L_0
/// ```
/// Each term is an expectation over q(x_t | x_0). Evaluating all T for each image, as the papers'
/// code does, costs T runs of the network per image; here each image is measured at t = 1 and at one
/// random timestep of every octave of 2...T, whose term stands for the whole octave. The terms fall
/// roughly as 1/t, so an octave holds similar ones and all octaves weigh alike. The estimate is
/// unbiased, and as the images are drawn on independently, the spread of their totals is its error.
public struct Likelihood: Codable, Equatable, Sendable {
  /// The terms of some timesteps.
  public struct Octave: Codable, Equatable, Sendable {
    /// The timesteps.
    public let timesteps: ClosedRange<Timestep>
    /// The sum of their terms, in bits per dimension.
    public let bits: SampleMean
  }

  /// The variance of p(x_{t-1} | x_t); that of p(x_0 | x_1) is the same for DDPM's two.
  public let variance: ReverseVariance.Kind
  /// How many images were measured.
  public let images: Int
  /// L_T, exact for each image.
  public let prior: SampleMean
  /// The terms of t in 2...T.
  public let middle: SampleMean
  /// Their parts, the least noisy first.
  public let octaves: [Octave]
  /// L_0, the cost of the 8-bit image given x_1.
  public let decoder: SampleMean
  /// The same where x̂0 is not clipped; nil where it never is, or makes no difference.
  public let unclippedDecoder: SampleMean?
  /// The bound on -log2 p(x_0).
  public let total: SampleMean
  /// What the decoder would cost if the estimates were the images themselves; where the variance is the
  /// network's, with that of DDPM. nil where the decoder asks no network: of a process that begins with
  /// noise, whose decoder is VDM's.
  public let decoderFloor: Double?
  /// The decoder's standard deviation, for pixel values in [-1, 1]; where the variance is the network's,
  /// that of DDPM.
  public let decoderDeviation: Double

  /// Averages the terms of single images.
  init(
    _ images: [ImageBits], octaves: [ClosedRange<Timestep>], bound: VariationalBound,
    decoderFloor: Double?
  ) {
    let priors = images.map { bound.prior(meanSquare: $0.meanSquare) }
    let decoders = images.map(\.decoder)
    let parts = octaves.enumerated().map { place, octave in
      images.map { Double(octave.count) * $0.terms[place] }
    }
    let middles = images.indices.map { image in parts.reduce(0) { $0 + $1[image] } }
    variance = bound.variance.kind
    self.decoderFloor = decoderFloor
    decoderDeviation = bound.decoderDeviation
    self.images = images.count
    prior = SampleMean(priors)
    middle = SampleMean(middles)
    self.octaves = zip(octaves, parts).map { Octave(timesteps: $0, bits: SampleMean($1)) }
    decoder = SampleMean(decoders)
    let unclipped = images.compactMap(\.unclippedDecoder)
    unclippedDecoder = unclipped.isEmpty ? nil : SampleMean(unclipped)
    total = SampleMean(images.indices.map { priors[$0] + middles[$0] + decoders[$0] })
  }

  /// 2...T cut where t doubles: 2, 3...4, 5...8 and so on.
  static func octaves(upTo last: Timestep) -> [ClosedRange<Timestep>] {
    var octaves: [ClosedRange<Timestep>] = []
    var before = 1
    while before < last.value {
      octaves.append(Timestep(before + 1)...Timestep(min(2 * before, last.value)))
      before *= 2
    }
    return octaves
  }
}

/// What an image costs under one variance.
struct ImageBits: Sendable {
  /// The mean of x0².
  let meanSquare: Double
  /// L_0 in bits per dimension.
  let decoder: Double
  /// The same without clipping of x̂0, where that is clipped.
  let unclippedDecoder: Double?
  /// The term of one timestep of each octave, in bits per dimension.
  let terms: [Double]
}
