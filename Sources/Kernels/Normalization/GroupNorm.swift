// Group normalisation of one image with a fused activation: y = act(γ·x̂ + β), and its gradients.

/// The geometry of a group normalisation of one image (Wu & He 2018).
package struct NormalizationShape: Hashable, Sendable {
  package var pixels: Int
  package var channels: Int
  package var groups: Int
  package var epsilon: Float

  package init(pixels: Int, channels: Int, groups: Int, epsilon: Float) {
    self.pixels = pixels
    self.channels = channels
    self.groups = groups
    self.epsilon = epsilon
  }

  package var count: Int { pixels * channels }
  /// Floats kept for the backward pass: one mean and one inverse deviation per channel.
  package var statisticsCount: Int { 2 * channels }
  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int { 2 * channels }
}

/// Some of an image's channels: a concatenation of tensors is normalised without a copy.
package struct ChannelSlice {
  /// [pixels, channels].
  package let values: Floats
  /// Which channels of the whole they are.
  package let channels: Range<Int>

  package init(_ values: Floats, _ channels: Range<Int>) {
    (self.values, self.channels) = (values, channels)
  }

  /// Floats from one pixel to the next.
  @inline(__always) var rowLength: Int { channels.count }

  @inline(__always) func place(_ pixel: Int, _ column: Int) -> UnsafePointer<Float> {
    UnsafePointer(values.base + pixel * rowLength + column)
  }

  @inline(__always) fileprivate func forEachPanel(_ pixels: Int, _ pass: some PanelPass) {
    Kernels.forEachPanel(rows: pixels, columns: channels.count, pass)
  }
}

/// Spreads a sum over each group's channels: v[c] = Σ_{c' in the group of c} v[c'].
private func sumGroups(_ values: UnsafeMutablePointer<Float>, _ shape: NormalizationShape) {
  let size = shape.channels / shape.groups
  for group in 0..<shape.groups {
    let start = values + group * size
    var sum = 0.0
    for c in 0..<size { sum += Double(start[c]) }
    for c in 0..<size { start[c] = Float(sum) }
  }
}

/// y = act(γ·(x - mean)/√(variance + ε) + β) for one image.
///
/// Mean and variance are taken in two passes: the one-pass formula E[x²] - E[x]² loses the digits
/// that the two have in common.
///
/// - Parameters:
///   - x: all channels, in one slice or several.
///   - gamma: [channels].
///   - beta: [channels].
///   - y: [pixels, channels].
///   - statistics: `statisticsCount` floats for the backward pass.
///   - scratch: `scratchCount` floats.
package func groupNormForward(
  _ shape: NormalizationShape, _ x: [ChannelSlice], gamma: Floats, beta: Floats,
  _ activation: Activation, into y: Floats, statistics: Floats, scratch: Floats
) {
  let channels = shape.channels
  statistics.require([2, channels], "the statistics")
  scratch.require([2, channels], "the scratch memory")
  let (mean, inverse) = (statistics.base, statistics.base + channels)
  let share = 1 / Float(shape.pixels * channels / shape.groups)

  for part in x {
    columnSums(
      part.values, rows: shape.pixels, columns: part.channels.count,
      into: statistics.slice(part.channels.lowerBound, part.channels.count), .overwrite)
  }
  sumGroups(mean, shape)
  for c in 0..<channels { mean[c] *= share }

  let squares = scratch.base
  scratch.slice(0, channels).fill(0)
  for part in x {
    part.forEachPanel(shape.pixels, SquaredDeviations(x: part, mean: mean, squares: squares))
  }
  sumGroups(squares, shape)
  for c in 0..<channels { inverse[c] = 1 / (squares[c] * share + shape.epsilon).squareRoot() }

  groupNormRecompute(
    shape, x, gamma: gamma, beta: beta, activation, statistics: statistics, into: y)
}

/// y as `groupNormForward` computes it, from the statistics that it stored.
package func groupNormRecompute(
  _ shape: NormalizationShape, _ x: [ChannelSlice], gamma: Floats, beta: Floats,
  _ activation: Activation, statistics: Floats, into y: Floats
) {
  shape.require(x, gamma: gamma, beta: beta, statistics: statistics)
  y.require([shape.pixels, shape.channels], "y")
  let maps = ChannelMaps(
    gamma: gamma.base, beta: beta.base, mean: statistics.base,
    inverse: statistics.base + shape.channels)
  for part in x {
    part.forEachPanel(
      shape.pixels,
      Normalization(
        x: part, maps: maps, activation: activation, y: y.base, rowLength: shape.channels))
  }
}

/// Gradients of `groupNormForward` for one image.
///
/// With x̂ = (x - mean)/deviation, z = γ·x̂ + β and dz = act'(z)·dy: dβ = Σ dz, dγ = Σ dz·x̂, and
/// dx = (γ·dz - mean(γ·dz) - x̂·mean(γ·dz·x̂)) / deviation, where the means run over a group's
/// pixels and channels.
///
/// - Parameters:
///   - dy: overwritten with dz.
///   - y: where to recompute the forward pass's result; nil if it is not needed.
///   - dx: a target for each slice of x.
///   - dgamma: [channels], added to.
///   - dbeta: [channels], added to.
package func groupNormBackward(
  _ shape: NormalizationShape, _ x: [ChannelSlice], gamma: Floats, beta: Floats,
  _ activation: Activation, statistics: Floats, dy: Floats,
  again y: Floats?, into dx: [(target: Floats, accumulation: Accumulation)],
  addedTo dgamma: Floats, _ dbeta: Floats, scratch: Floats
) {
  let channels = shape.channels
  shape.require(x, gamma: gamma, beta: beta, statistics: statistics)
  shape.requireTargets(dx, of: x)
  dy.require([shape.pixels, channels], "dy")
  y?.require([shape.pixels, channels], "y")
  dgamma.require([channels], "dgamma")
  dbeta.require([channels], "dbeta")
  scratch.require([2, channels], "the scratch memory")
  let inverse = statistics.base + channels
  let maps = ChannelMaps(
    gamma: gamma.base, beta: beta.base, mean: statistics.base, inverse: inverse)
  let (sum, product) = (scratch.base, scratch.base + channels)
  let dz = dy.base

  scratch.slice(0, 2 * channels).fill(0)
  for part in x {
    part.forEachPanel(
      shape.pixels,
      PreactivationGradient(
        x: part, maps: maps, activation: activation, dz: dz, y: y?.base, rowLength: channels,
        sum: sum, product: product))
  }

  let share = 1 / Float(shape.pixels * channels / shape.groups)
  for c in 0..<channels {
    product[c] *= inverse[c]
    dbeta.base[c] += sum[c]
    dgamma.base[c] += product[c]
    sum[c] *= gamma.base[c] * share
    product[c] *= gamma.base[c] * share
  }
  sumGroups(sum, shape)
  sumGroups(product, shape)

  for (part, (target, accumulation)) in zip(x, dx) {
    part.forEachPanel(
      shape.pixels,
      InputGradient(
        x: part, maps: maps, dz: dz, rowLength: channels, sum: sum, product: product,
        dx: target.base, accumulation: accumulation))
  }
}
