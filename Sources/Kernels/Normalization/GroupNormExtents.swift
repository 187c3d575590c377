// The floats that group normalisation reads and writes.

extension NormalizationShape {
  /// In checked builds, stops with a message unless the operands hold all of their channels, and the slices
  /// follow one another.
  @inline(__always)
  func require(
    _ x: [ChannelSlice], gamma: Floats, beta: Floats, statistics: Floats,
    _ call: StaticString = #function
  ) {
    #if CHECKED
      var next = 0
      for part in x {
        if part.channels.lowerBound != next { stop("\(call): x is \(x.map(\.channels))") }
        part.values.require([pixels, part.channels.count], "x", call)
        next = part.channels.upperBound
      }
      if next != channels || groups < 1 || channels % groups != 0 {
        stop("\(call): \(next) of \(channels) channels in \(groups) groups")
      }
      gamma.require([channels], "gamma", call)
      beta.require([channels], "beta", call)
      statistics.require([2, channels], "the statistics", call)
    #endif
  }

  /// The same for the targets of the slices' gradients.
  @inline(__always)
  func requireTargets(
    _ dx: [(target: Floats, accumulation: Accumulation)], of x: [ChannelSlice],
    _ call: StaticString = #function
  ) {
    #if CHECKED
      if dx.count != x.count { stop("\(call): \(dx.count) gradients of \(x.count) slices") }
      for (part, gradient) in zip(x, dx) {
        gradient.target.require([pixels, part.channels.count], "dx", call)
      }
    #endif
  }
}
