// Converts from the axis order of reference files.

/// [N, C, H, W] values as [N, H, W, C].
package func nhwc<T>(_ values: [T], _ shape: [Int]) -> [T] {
  let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
  var result: [T] = []
  result.reserveCapacity(values.count)
  for image in 0..<n {
    for pixel in 0..<h * w {
      for channel in 0..<c { result.append(values[(image * c + channel) * h * w + pixel]) }
    }
  }
  return result
}
