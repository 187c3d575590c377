// Group normalisation with the activation that follows it, in one pass over an image.

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
  /// Floats kept from the forward to the backward pass: a mean and an inverse deviation a channel.
  package var statisticsCount: Int { 2 * channels }
  /// Floats of scratch memory that each of the passes needs.
  package var scratchCount: Int { 2 * channels }
}

/// Some of an image's channels: tensors side by side are normalised without being joined.
package struct ChannelPart {
  /// [pixels, channels].
  package let values: Floats
  /// Which channels of the whole they are.
  package let channels: Range<Int>

  package init(_ values: Floats, _ channels: Range<Int>) {
    (self.values, self.channels) = (values, channels)
  }

  /// Calls `body` for each vector of channels with the place of its first pixel here, for some pixels
  /// and then the next.
  @inline(__always)
  fileprivate func forEachColumn(
    pixels: Int,
    _ body: (
      _ channel: Int, _ floats: Int, _ values: UnsafeMutablePointer<Float>, _ pixels: Range<Int>
    ) -> Void
  ) {
    Kernels.forEachColumn(rows: pixels, columns: channels.count) { column, n, pixels in
      body(channels.lowerBound + column, n, values.base + column, pixels)
    }
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
///   - x: all channels, in one part or some.
///   - gamma: [channels].
///   - beta: [channels].
///   - y: [pixels, channels].
///   - statistics: `statisticsCount` floats for the backward pass.
///   - scratch: `scratchCount` floats.
package func groupNormForward(
  _ shape: NormalizationShape, _ x: [ChannelPart], gamma: Floats, beta: Floats,
  _ activation: Activation, into y: Floats, statistics: Floats, scratch: Floats
) {
  let channels = shape.channels
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
    let rowLength = part.channels.count
    part.forEachColumn(pixels: shape.pixels) { c, n, values, pixels in
      let center = Lane(at: mean + c)
      var sum = (Lane(), Lane(at: squares + c))
      var address = values + pixels.lowerBound * rowLength
      for _ in 0..<pixels.count / 2 {
        let (d0, d1) = (Lane(at: address) - center, Lane(at: address + rowLength) - center)
        sum.0 = sum.0.adding(d0, times: d0)
        sum.1 = sum.1.adding(d1, times: d1)
        address += 2 * rowLength
      }
      if pixels.count % 2 == 1 {
        let d = Lane(at: address) - center
        sum.0 = sum.0.adding(d, times: d)
      }
      (sum.0 + sum.1).store(first: n, at: squares + c)
    }
  }
  sumGroups(squares, shape)
  for c in 0..<channels { inverse[c] = 1 / (squares[c] * share + shape.epsilon).squareRoot() }

  groupNormAgain(
    shape, x, gamma: gamma, beta: beta, activation, statistics: statistics, into: y)
}

/// y as `groupNormForward` makes it, from the statistics that it left.
package func groupNormAgain(
  _ shape: NormalizationShape, _ x: [ChannelPart], gamma: Floats, beta: Floats,
  _ activation: Activation, statistics: Floats, into y: Floats
) {
  let (mean, inverse) = (statistics.base, statistics.base + shape.channels)
  let channels = shape.channels
  for part in x {
    let rowLength = part.channels.count
    part.forEachColumn(pixels: shape.pixels) { c, n, values, pixels in
      let scale = Lane(at: gamma.base + c) * Lane(at: inverse + c)
      let offset = Lane(at: beta.base + c) - scale * Lane(at: mean + c)
      func normalize<T: Tile>(_: T.Type, _ pixel: Int) where T.V == Lane {
        let z = T(at: values + pixel * rowLength, stride: rowLength)
          .map { offset.adding(scale, times: $0) }
        let result = activation == .silu ? z.silu : z
        result.store(first: n, at: y.base + pixel * channels + c, stride: channels)
      }
      let grouped = pixels.upperBound - pixels.count % Quartet.rows
      for pixel in stride(from: pixels.lowerBound, to: grouped, by: Quartet.rows) {
        normalize(Quartet.self, pixel)
      }
      for pixel in grouped..<pixels.upperBound { normalize(One<Lane>.self, pixel) }
    }
  }
}

/// Gradients of `groupNormForward` for one image.
///
/// With x̂ = (x - mean)/deviation and dz the gradient behind the activation:
/// dβ = Σ dz, dγ = Σ dz·x̂, and dx = (γ·dz - mean(γ·dz) - x̂·mean(γ·dz·x̂)) / deviation, where the
/// means run over a group's pixels and channels.
///
/// - Parameters:
///   - dy: overwritten with dz.
///   - dx: a target for each part of x.
///   - dgamma: [channels], added to.
///   - dbeta: [channels], added to.
package func groupNormBackward(
  _ shape: NormalizationShape, _ x: [ChannelPart], gamma: Floats, beta: Floats,
  _ activation: Activation, statistics: Floats, dy: Floats,
  into dx: [(target: Floats, accumulation: Accumulation)], addedTo dgamma: Floats,
  _ dbeta: Floats, scratch: Floats
) {
  let channels = shape.channels
  let (mean, inverse) = (statistics.base, statistics.base + channels)
  let (sum, product) = (scratch.base, scratch.base + channels)
  let dz = dy.base

  scratch.slice(0, 2 * channels).fill(0)
  for part in x {
    let rowLength = part.channels.count
    part.forEachColumn(pixels: shape.pixels) { c, n, x, pixels in
      let (m, r) = (Lane(at: mean + c), Lane(at: inverse + c))
      let scale = Lane(at: gamma.base + c) * r
      let offset = Lane(at: beta.base + c) - scale * m
      var (total, projection) = (Lane(at: sum + c), Lane(at: product + c))
      func addUp<T: Tile>(_: T.Type, _ pixel: Int) where T.V == Lane {
        let i = pixel * channels + c
        let values = T(at: x + pixel * rowLength, stride: rowLength)
        var slopes = T(at: dz + i, stride: channels)
        if activation == .silu {
          slopes = slopes.zip(values.map { offset.adding(scale, times: $0) }.siluSlope) { $0 * $1 }
          slopes.store(first: n, at: dz + i, stride: channels)
        }
        total += slopes.sum
        projection += slopes.zip(values) { $0 * ($1 - m) }.sum
      }
      let grouped = pixels.upperBound - pixels.count % Quartet.rows
      for pixel in stride(from: pixels.lowerBound, to: grouped, by: Quartet.rows) {
        addUp(Quartet.self, pixel)
      }
      for pixel in grouped..<pixels.upperBound { addUp(One<Lane>.self, pixel) }
      total.store(first: n, at: sum + c)
      projection.store(first: n, at: product + c)
    }
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
    let rowLength = part.channels.count
    part.forEachColumn(pixels: shape.pixels) { c, n, x, pixels in
      let (m, r) = (Lane(at: mean + c), Lane(at: inverse + c))
      let scale = Lane(at: gamma.base + c) * r
      let slope = -r * r * Lane(at: product + c)
      let offset = -r * Lane(at: sum + c) - slope * m
      let dx = target.base + (c - part.channels.lowerBound)
      for pixel in pixels {
        let i = pixel * rowLength
        (accumulation.start(at: dx + i) + offset)
          .adding(slope, times: Lane(at: x + i))
          .adding(scale, times: Lane(at: dz + pixel * channels + c))
          .store(first: n, at: dx + i)
      }
    }
  }
}
