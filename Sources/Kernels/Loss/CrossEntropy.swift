// Softmax and the cross-entropy of its probabilities, with the gradient.

import Foundation

/// p = softmax(x) of every row; p may be x.
///
/// - Parameters:
///   - x: [rows, classes].
///   - p: [rows, classes].
package func softmax(_ x: Floats, rows: Int, classes: Int, into p: Floats) {
  x.require([rows, classes], "x")
  p.require([rows, classes], "p")
  for row in 0..<rows {
    _ = softmax(x.base + row * classes, classes, into: p.base + row * classes)
  }
}

/// The softmax of one row; returns ln Σ e^x.
private func softmax(
  _ x: UnsafePointer<Float>, _ classes: Int, into p: UnsafeMutablePointer<Float>
) -> Double {
  var most = x[0]
  for i in 0..<classes where x[i] > most { most = x[i] }
  // Less the largest, so that no exponential overflows.
  vectorized(classes) { i, n in (Vector(at: x + i) - most).exponential.store(first: n, at: p + i) }
  var sum = 0.0
  for i in 0..<classes { sum += Double(p[i]) }
  let share = Float(1 / sum)
  for i in 0..<classes { p[i] *= share }
  return Double(most) + log(sum)
}

/// loss[n] = -ln p[n, labels[n]] with p = softmax(x).
///
/// - Parameters:
///   - x: [rows, classes].
///   - labels: [rows], class numbers.
///   - p: [rows, classes], for the backward pass.
package func crossEntropyForward(
  _ x: Floats, labels: Floats, rows: Int, classes: Int, probabilities p: Floats,
  into loss: Floats
) {
  x.require([rows, classes], "x")
  labels.require([rows], "the labels")
  p.require([rows, classes], "the probabilities")
  loss.require([rows], "the loss")
  for row in 0..<rows {
    let first = row * classes
    let label = Double(x.base[first + Int(labels.base[row])])
    loss.base[row] = Float(softmax(x.base + first, classes, into: p.base + first) - label)
  }
}

/// dx[n, c] = dy[n]·(p[n, c] - [c = labels[n]]), or added to what dx holds.
package func crossEntropyBackward(
  probabilities p: Floats, labels: Floats, dy: Floats, rows: Int, classes: Int, into dx: Floats,
  _ accumulation: Accumulation
) {
  p.require([rows, classes], "the probabilities")
  labels.require([rows], "the labels")
  dy.require([rows], "dy")
  dx.require([rows, classes], "dx")
  for row in 0..<rows {
    let (from, to) = (p.base + row * classes, dx.base + row * classes)
    let slope = dy.base[row]
    vectorized(classes) { i, n in
      accumulation.start(at: to + i).adding(slope, times: Vector(at: from + i))
        .store(first: n, at: to + i)
    }
    to[Int(labels.base[row])] -= slope
  }
}
