// Softmax and cross-entropy against the reference.

import Foundation
import Kernels
import TestSupport
import Testing

/// Rows of logits with a label each.
private struct Logits {
  let rows = 5
  let classes: Int
  let x: [Float]
  let labels: [Float]

  init(classes: Int) {
    self.classes = classes
    x = uniform(rows * classes, bound: 12, seed: 1)
    labels = (0..<rows).map { Float($0 * 7 % classes) }
  }

  func row(_ row: Int) -> [Double] { x[row * classes..<(row + 1) * classes].doubles }

  var probabilities: [Double] { (0..<rows).flatMap { Reference.softmax(row($0)) } }
}

@Test(arguments: awkwardChannels)
func theCrossEntropyIsTheLogarithmOfTheSoftmax(classes: Int) {
  let logits = Logits(classes: classes)
  let (x, labels) = (Guarded(logits.x), Guarded(logits.labels))
  let (p, loss) = (Guarded(count: logits.x.count), Guarded(count: logits.rows))
  crossEntropyForward(
    x.floats, labels: labels.floats, rows: logits.rows, classes: classes, probabilities: p.floats,
    into: loss.floats)
  // The exponential's two units in the last place, and one of the difference from the largest.
  expectClose(p.values(), logits.probabilities, absolute: 1e-30, relative: 3e-6)
  let expected = logits.labels.enumerated().map { row, label in
    Reference.crossEntropy(logits.row(row), label: Int(label))
  }
  expectClose(loss.values(), expected, absolute: 3e-6, relative: 1e-6)

  let alone = Guarded(count: logits.x.count)
  softmax(x.floats, rows: logits.rows, classes: classes, into: alone.floats)
  #expect(alone.values() == p.values())
}

@Test(arguments: awkwardChannels)
func theCrossEntropysGradientIsTheSoftmaxLessTheLabel(classes: Int) {
  let logits = Logits(classes: classes)
  let probabilities = eighths(logits.x.count, seed: 2)
  let (dy, earlier) = (eighths(logits.rows, seed: 3), eighths(logits.x.count, seed: 4))
  let (p, labels, slopes) = (Guarded(probabilities), Guarded(logits.labels), Guarded(dy))
  let (replaced, added) = (Guarded(count: earlier.count), Guarded(target: earlier))
  for (dx, accumulation) in [(replaced, Accumulation.overwrite), (added, .add)] {
    crossEntropyBackward(
      probabilities: p.floats, labels: labels.floats, dy: slopes.floats, rows: logits.rows,
      classes: classes, into: dx.floats, accumulation)
  }
  let expected = probabilities.enumerated().map { i, probability in
    let (row, number) = (i / classes, i % classes)
    let one = Int(logits.labels[row]) == number ? 1.0 : 0
    return Double(dy[row]) * (Double(probability) - one)
  }
  expectExact(replaced.values(), expected)
  expectExact(added.values(), zip(expected, earlier).map { $0 + Double($1) })
}

@Test func hugeLogitsOverflowNothing() {
  let (x, labels) = (Guarded([1000, -1000, 999]), Guarded([1]))
  let (p, loss) = (Guarded(count: 3), Guarded(count: 1))
  crossEntropyForward(
    x.floats, labels: labels.floats, rows: 1, classes: 3, probabilities: p.floats,
    into: loss.floats)
  let share = 1 / (1 + exp(-1.0))
  expectClose(p.values(), [share, 0, 1 - share], absolute: 1e-30, relative: 1e-6)
  expectClose(loss.values(), [2000 + log(1 + exp(-1.0))], absolute: 0, relative: 1e-6)
}
