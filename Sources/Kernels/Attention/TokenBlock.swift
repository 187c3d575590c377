// A block of attention's tokens: adjacent columns in a few vectors.

/// Tokens that are the columns of attention's products, as many as register tiles are wide.
struct TokenBlock {
  let tokens: Range<Int>

  /// Floats of a row of the block: whole vectors.
  var width: Int { Vector.vectors(for: tokens.count) * Vector.width }

  /// The widest block's floats.
  static var widest: Int { 4 * Vector.width }

  /// How many blocks some tokens need.
  static func count(tokens: Int) -> Int { (tokens + widest - 1) / widest }

  /// One of the blocks of some tokens, which have nearly the same number of vectors.
  init(_ index: Int, tokens: Int) {
    let (blocks, vectors) = (TokenBlock.count(tokens: tokens), Vector.vectors(for: tokens))
    let first = vectors * index / blocks * Vector.width
    self.tokens = first..<min(vectors * (index + 1) / blocks * Vector.width, tokens)
  }

  /// columns[c, i] = scale·rows[i, c] for the block's tokens. The last token is repeated to fill
  /// the last vector, so that what is computed there is finite.
  ///
  /// - Parameters:
  ///   - rows: the first of all tokens, not of the block's.
  func transpose(
    rows: Operand, rowLength: Int, channels: Int, scale: Float, into target: Operand
  ) {
    let (width, whole) = (width, wholeBlocks(channels))
    rows.require(rows: tokens.upperBound, channels, apart: rowLength, "the rows")
    target.require(rows: channels, width, apart: width, "the columns")
    let first = rows.address + tokens.lowerBound * rowLength
    let columns = target.address
    BlockTransposer.with { transposer in
      for i in stride(from: 0, to: whole.tokens, by: BlockTransposer.tokens) {
        for c in stride(from: 0, to: whole.channels, by: BlockTransposer.channels) {
          transposer.transpose(
            rows: first + i * rowLength + c, rowLength: rowLength, scale: scale,
            into: columns + c * width + i, width: width)
        }
      }
    }
    for c in 0..<channels {
      let rest = c < whole.channels ? whole.tokens : 0
      for i in rest..<tokens.count { columns[c * width + i] = first[i * rowLength + c] * scale }
      let last = columns[c * width + tokens.count - 1]
      for i in tokens.count..<width { columns[c * width + i] = last }
    }
  }

  /// rows[i, c] = scale·columns[c, i] for the block's tokens, or added.
  func transpose(
    columns source: Operand, channels: Int, scale: Float, into rows: Operand, rowLength: Int,
    _ accumulation: Accumulation
  ) {
    let (width, whole) = (width, wholeBlocks(channels))
    source.require(rows: channels, width, apart: width, "the columns")
    rows.require(rows: tokens.upperBound, channels, apart: rowLength, "the rows")
    let first = rows.address + tokens.lowerBound * rowLength
    let columns = source.address
    BlockTransposer.with { transposer in
      for i in stride(from: 0, to: whole.tokens, by: BlockTransposer.tokens) {
        for c in stride(from: 0, to: whole.channels, by: BlockTransposer.channels) {
          transposer.transpose(
            columns: columns + c * width + i, width: width, scale: scale,
            into: first + i * rowLength + c, rowLength: rowLength, accumulation)
        }
      }
    }
    for c in 0..<channels {
      let rest = c < whole.channels ? whole.tokens : 0
      for i in rest..<tokens.count {
        let (value, place) = (columns[c * width + i] * scale, i * rowLength + c)
        first[place] = accumulation == .add ? first[place] + value : value
      }
    }
  }

  /// The tokens and channels that whole blocks cover.
  private func wholeBlocks(_ channels: Int) -> (tokens: Int, channels: Int) {
    (
      tokens.count / BlockTransposer.tokens * BlockTransposer.tokens,
      channels / BlockTransposer.channels * BlockTransposer.channels
    )
  }
}
