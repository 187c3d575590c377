// Calls of the kernels that pass over values one by one or row by row.

import Kernels

extension CheckedCall {
  static var normalizations: [CheckedCall] {
    let shape = NormalizationShape(pixels: 7, channels: 12, groups: 2, epsilon: 0.1)
    let (channels, parts) = (shape.channels, [5, 7].map { $0 * shape.pixels })
    @Sendable func slices(_ floats: ArraySlice<Floats>) -> [ChannelSlice] {
      zip(floats, [0..<5, 5..<12]).map { ChannelSlice($0, $1) }
    }
    return [
      CheckedCall(
        "groupNormForward",
        parts + [channels, channels, shape.count, shape.statisticsCount, shape.scratchCount]
      ) {
        groupNormForward(
          shape, slices($0[..<2]), gamma: $0[2], beta: $0[3], .silu, into: $0[4],
          statistics: $0[5], scratch: $0[6])
      },
      CheckedCall(
        "groupNormBackward",
        parts + [channels, channels, shape.statisticsCount, shape.count, shape.count] + parts
          + [channels, channels, shape.scratchCount]
      ) {
        groupNormBackward(
          shape, slices($0[..<2]), gamma: $0[2], beta: $0[3], .silu, statistics: $0[4],
          dy: $0[5], again: $0[6], into: [($0[7], .add), ($0[8], .overwrite)],
          addedTo: $0[9], $0[10], scratch: $0[11])
      },
      CheckedCall(
        "groupNormRecompute",
        parts + [channels, channels, shape.statisticsCount, shape.count]
      ) {
        groupNormRecompute(
          shape, slices($0[..<2]), gamma: $0[2], beta: $0[3], .silu, statistics: $0[4],
          into: $0[5])
      },
      CheckedCall("modulateForward", [channels, channels, 2 * channels, 2 * channels]) {
        modulateForward(
          gamma: $0[0], beta: $0[1], modulation: $0[2], into: $0[3], channels: channels)
      },
      CheckedCall(
        "modulateBackward",
        [channels, channels, 2 * channels, 2 * channels, channels, channels, 2 * channels]
      ) {
        modulateBackward(
          gamma: $0[0], beta: $0[1], modulation: $0[2], daffine: $0[3], addedTo: $0[4], $0[5],
          into: $0[6], .add, channels: channels)
      },
    ]
  }

  static var resampling: [CheckedCall] {
    let (height, width, channels) = (3, 5, 9)
    let (x, half) = (height * width * channels, 2 * 3 * channels)
    return [
      CheckedCall("averagePoolForward", [x, half]) {
        averagePoolForward($0[0], height: height, width: width, channels: channels, into: $0[1])
      },
      CheckedCall("averagePoolBackward", [half, x]) {
        averagePoolBackward(
          $0[0], height: height, width: width, channels: channels, into: $0[1], .add)
      },
      CheckedCall("upsampleForward", [x, 4 * x]) {
        upsampleForward($0[0], height: height, width: width, channels: channels, into: $0[1])
      },
      CheckedCall("upsampleBackward", [4 * x, x]) {
        upsampleBackward(
          $0[0], height: height, width: width, channels: channels, into: $0[1], .add)
      },
    ]
  }

  /// Their operands are those that the call compares with a count, or with the result's.
  static var elementwise: [CheckedCall] {
    let (rows, channels, count) = (5, 7, 35)
    let result = FloatMemory(count: count)
    return [
      CheckedCall("siluForward", [count, count]) { siluForward($0[0], into: $0[1], count: count) },
      CheckedCall("siluBackward", [count, count, count]) {
        siluBackward($0[0], dy: $0[1], into: $0[2], .add, count: count)
      },
      CheckedCall("affine", [count, count]) {
        affine($0[0], scale: 2, offset: 1, into: $0[1], .add, count: count)
      },
      CheckedCall("add", [count, count]) { add($0[0], to: $0[1], count: count) },
      CheckedCall("multiply", [count, count, count]) {
        multiply($0[0], $0[1], into: $0[2], .add, count: count)
      },
      CheckedCall("copyRows", [4 * 9 + channels, 4 * 11 + channels]) {
        copyRows(
          $0[0], rowLength: 9, into: $0[1], rowLength: 11, .add, rows: rows, channels: channels)
      },
      CheckedCall("readAhead", [count]) { readAhead($0[0], count: count) },
      CheckedCall("fourierForward", [count, 5 * count]) {
        fourierForward($0[0], exponents: [1, 2], into: $0[1], rows: rows, channels: channels)
      },
      CheckedCall("fourierBackward", [5 * count, 5 * count, count]) {
        fourierBackward(
          $0[0], dy: $0[1], exponents: [1, 2], into: $0[2], .add, rows: rows, channels: channels)
      },
      CheckedCall("combine", [count, count]) { combine(1, $0[0], 2, $0[1], into: result.all) },
      CheckedCall("sumOfSquaredDifferences", [count]) {
        _ = sumOfSquaredDifferences(result.all, $0[0])
      },
      CheckedCall("dotProduct", [count]) { _ = dotProduct(result.all, $0[0]) },
      CheckedCall("select", [count, count, count]) {
        select($0[0], $0[1], $0[2], into: result.all)
      },
    ]
  }

  static var losses: [CheckedCall] {
    let (rows, classes) = (3, 9)
    let count = rows * classes
    let result = FloatMemory(count: count)
    return [
      CheckedCall("softmax", [count, count]) {
        softmax($0[0], rows: rows, classes: classes, into: $0[1])
      },
      CheckedCall("crossEntropyForward", [count, rows, count, rows]) {
        crossEntropyForward(
          $0[0], labels: $0[1], rows: rows, classes: classes, probabilities: $0[2], into: $0[3])
      },
      CheckedCall("crossEntropyBackward", [count, rows, rows, count]) {
        crossEntropyBackward(
          probabilities: $0[0], labels: $0[1], dy: $0[2], rows: rows, classes: classes,
          into: $0[3], .add)
      },
      CheckedCall("addSquaredError", [count, count]) {
        var sum = 0.0
        addSquaredError(
          result.all, target: $0[0], gradient: $0[1], slope: 1, weight: 1, to: &sum)
      },
    ]
  }

  static var memory: [CheckedCall] {
    let step = AdamStep(
      learningRate: 0.1, decays: (0.9, 0.99), corrections: (0.1, 0.01), epsilon: 1e-8,
      weightDecay: 0, gradientScale: 1, emaDecay: 0.9)
    let source = FloatMemory(count: 10)
    return [
      CheckedCall("adam", [20, 20, 20, 20, 20]) {
        adam(
          step, parameters: $0[0], gradients: $0[1], moments: ($0[2], $0[3]), ema: $0[4],
          first: 3, count: 17)
      },
      CheckedCall("copy", [10]) { $0[0].copy(from: source.all) },
      CheckedCall("copy of an array", [3]) { $0[0].copy(from: [1, 2, 3]) },
      CheckedCall("fill", [10]) { $0[0].slice(2, 8).fill(1) },
      CheckedCall("fillNormal", [10]) {
        Philox(seed: 1, stream: 0).fillNormal($0[0].slice(2, 8), item: 0, time: 0)
      },
      CheckedCall("an element", [10]) { $0[0][9] = 1 },
    ]
  }
}
