// Copies an image into a border of zeros, so that convolutions need no special case at the edges.

/// One image of `channels` floats per pixel.
struct Plane {
  var height: Int
  var width: Int
  var channels: Int

  var count: Int { height * width * channels }
  var rowLength: Int { width * channels }
}

/// Copies an image into a plane of zeros, `border` pixels from its top and from its left.
func pad(
  _ image: UnsafePointer<Float>, _ plane: Plane, into target: UnsafeMutablePointer<Float>,
  _ padded: Plane, border: Int
) {
  target.update(repeating: 0, count: padded.count)
  for y in 0..<plane.height {
    (target + (y + border) * padded.rowLength + border * plane.channels)
      .update(from: image + y * plane.rowLength, count: plane.rowLength)
  }
}
