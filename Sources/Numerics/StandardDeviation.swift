// How far numbers spread about their mean.

package import Kernels

/// The standard deviation of floats, in double precision.
///
/// - Parameter x: floats; of none it is 0.
package func standardDeviation(_ x: Floats) -> Double {
  guard x.count > 0 else { return 0 }
  let count = Double(x.count)
  let mean = (0..<x.count).reduce(0.0) { $0 + Double(x[$1]) } / count
  let squares = (0..<x.count).reduce(0.0) { sum, i in
    let difference = Double(x[i]) - mean
    return sum + difference * difference
  }
  return (squares / count).squareRoot()
}
