// The passes of group normalisation over an image's pixels: deviations, results, gradients of z and
// of x.

/// Normalisation as an affine map of each channel: scale·x + offset.
struct ChannelMaps {
  let gamma: UnsafePointer<Float>
  let beta: UnsafePointer<Float>
  let mean: UnsafePointer<Float>
  /// 1 / √(variance + ε).
  let inverse: UnsafePointer<Float>

  @inline(__always) func scale<V: TileRow>(_: V.Type, _ channel: Int) -> V {
    V(at: gamma + channel).zip(V(at: inverse + channel)) { $0 * $1 }
  }

  @inline(__always) func offset<V: TileRow>(_ scale: V, _ channel: Int) -> V {
    V(at: beta + channel).zip(scale, V(at: mean + channel)) { $0 - $1 * $2 }
  }
}

/// Σ (x - mean)² of each channel, added to `squares`.
struct SquaredDeviations: PanelPass {
  let x: ChannelSlice
  let mean: UnsafePointer<Float>
  let squares: UnsafeMutablePointer<Float>

  @inline(__always)
  func run<T: Tile>(_: T.Type, _ column: Int, first n: Int, _ rows: Range<Int>) {
    let channel = x.channels.lowerBound + column
    let center = T.V(at: mean + channel)
    var sum = T.V(at: squares + channel)
    func add<P: Tile>(_: P.Type, _ row: Int, to sums: P) -> P where P.V == T.V {
      P(at: x.place(row, column), stride: x.rowLength).zip(P(repeating: center), sums) {
        let d = $0 - $1
        return $2.adding(d, times: d)
      }
    }
    var sums = T()
    let (tiles, rest) = rows.tiles(of: T.rows)
    for row in tiles { sums = add(T.self, row, to: sums) }
    for row in rest { sum = add(Tile1<T.V>.self, row, to: Tile1(repeating: sum)).sum }
    sum.add(sums.sum)
    sum.store(first: n, at: squares + channel)
  }
}

/// y = act(scale·x + offset), with scale and offset from mean, deviation, γ and β.
struct Normalization: PanelPass {
  let x: ChannelSlice
  let maps: ChannelMaps
  let activation: Activation
  let y: UnsafeMutablePointer<Float>
  /// Floats from one pixel to the next in y.
  let rowLength: Int

  @inline(__always)
  func run<T: Tile>(_: T.Type, _ column: Int, first n: Int, _ rows: Range<Int>) {
    let channel = x.channels.lowerBound + column
    let scale = maps.scale(T.V.self, channel)
    let offset = maps.offset(scale, channel)
    func normalize<P: Tile>(_: P.Type, _ row: Int) where P.V == T.V {
      let z = P(at: x.place(row, column), stride: x.rowLength)
        .zip(P(repeating: scale), P(repeating: offset)) { $2.adding($1, times: $0) }
      let result = activation == .silu ? z.silu : z
      result.store(first: n, at: y + row * rowLength + channel, stride: rowLength)
    }
    let (tiles, rest) = rows.tiles(of: T.rows)
    for row in tiles { normalize(T.self, row) }
    for row in rest { normalize(Tile1<T.V>.self, row) }
  }
}

/// Replaces dy by dz, the gradient of the activation's argument, and adds Σ dz and Σ dz·(x - mean)
/// of each channel to `sum` and `product`. Recomputes the results into y, if there is one.
struct PreactivationGradient: PanelPass {
  let x: ChannelSlice
  let maps: ChannelMaps
  let activation: Activation
  let dz: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>?
  /// Floats from one pixel to the next in dz and y.
  let rowLength: Int
  let sum: UnsafeMutablePointer<Float>
  let product: UnsafeMutablePointer<Float>

  @inline(__always)
  func run<T: Tile>(_: T.Type, _ column: Int, first n: Int, _ rows: Range<Int>) {
    let channel = x.channels.lowerBound + column
    let m = T.V(at: maps.mean + channel)
    let scale = maps.scale(T.V.self, channel)
    let offset = maps.offset(scale, channel)
    var (total, projection) = (T.V(at: sum + channel), T.V(at: product + channel))
    func addUp<P: Tile>(_: P.Type, _ row: Int) where P.V == T.V {
      let values = P(at: x.place(row, column), stride: x.rowLength)
      let place = row * rowLength + channel
      var slopes = P(at: dz + place, stride: rowLength)
      let z = values.zip(P(repeating: scale), P(repeating: offset)) { $2.adding($1, times: $0) }
      if activation == .silu {
        let s = z.sigmoid
        slopes = slopes.zip(z.siluSlope(s)) { $0 * $1 }
        slopes.store(first: n, at: dz + place, stride: rowLength)
        if let y { z.zip(s) { $0 * $1 }.store(first: n, at: y + place, stride: rowLength) }
      } else if let y {
        z.store(first: n, at: y + place, stride: rowLength)
      }
      total.add(slopes.sum)
      projection.add(slopes.zip(values, P(repeating: m)) { $0 * ($1 - $2) }.sum)
    }
    let (tiles, rest) = rows.tiles(of: T.rows)
    for row in tiles { addUp(T.self, row) }
    for row in rest { addUp(Tile1<T.V>.self, row) }
    total.store(first: n, at: sum + channel)
    projection.store(first: n, at: product + channel)
  }
}

/// dx from dz and its sums, or added to what is there.
struct InputGradient: PanelPass {
  let x: ChannelSlice
  let maps: ChannelMaps
  let dz: UnsafePointer<Float>
  /// Floats from one pixel to the next in dz.
  let rowLength: Int
  /// mean(γ·dz) and mean(γ·dz·x̂) of each channel's group.
  let sum: UnsafePointer<Float>
  let product: UnsafePointer<Float>
  /// [pixels, channels of the slice].
  let dx: UnsafeMutablePointer<Float>
  let accumulation: Accumulation

  @inline(__always)
  func run<T: Tile>(_: T.Type, _ column: Int, first n: Int, _ rows: Range<Int>) {
    let channel = x.channels.lowerBound + column
    let r = T.V(at: maps.inverse + channel)
    let scale = maps.scale(T.V.self, channel)
    let slope = T.V(at: product + channel).zip(r) { Vector() - $1 * $1 * $0 }
    let offset = T.V(at: sum + channel).zip(r) { Vector() - $1 * $0 }
      .zip(slope, T.V(at: maps.mean + channel)) { $0 - $1 * $2 }
    func put<P: Tile>(_: P.Type, _ row: Int) where P.V == T.V {
      let place = dx + row * x.rowLength + column
      let start = accumulation == .add ? P(at: place, stride: x.rowLength) : P()
      start.zip(P(repeating: offset)) { $0 + $1 }
        .zip(P(at: x.place(row, column), stride: x.rowLength), P(repeating: slope)) {
          $0.adding($2, times: $1)
        }
        .zip(P(at: dz + row * rowLength + channel, stride: rowLength), P(repeating: scale)) {
          $0.adding($2, times: $1)
        }
        .store(first: n, at: place, stride: x.rowLength)
    }
    let (tiles, rest) = rows.tiles(of: T.rows)
    for row in tiles { put(T.self, row) }
    for row in rest { put(Tile1<T.V>.self, row) }
  }
}
