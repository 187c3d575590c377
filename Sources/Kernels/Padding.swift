// Copies of one image with zeros around and between its pixels, so that convolutions have no edges.

/// One image of `channels` floats a pixel.
struct Plane {
  var height: Int
  var width: Int
  var channels: Int

  var count: Int { height * width * channels }
  var rowLength: Int { width * channels }
}

/// Places an image into a plane of zeros: pixel (y, x) goes to (y·dilation + top, x·dilation + left).
func pad(
  _ image: UnsafePointer<Float>, _ plane: Plane, into target: UnsafeMutablePointer<Float>,
  _ padded: Plane, top: Int, left: Int, dilation: Int
) {
  target.update(repeating: 0, count: padded.count)
  for y in 0..<plane.height {
    let from = image + y * plane.rowLength
    let to = target + (y * dilation + top) * padded.rowLength + left * plane.channels
    if dilation == 1 {
      to.update(from: from, count: plane.rowLength)
    } else {
      for x in 0..<plane.width {
        (to + x * dilation * plane.channels).update(
          from: from + x * plane.channels, count: plane.channels)
      }
    }
  }
}
