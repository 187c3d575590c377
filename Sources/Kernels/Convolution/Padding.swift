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
  _ x: Operand, _ plane: Plane, into y: Operand, _ padded: Plane, border: Int
) {
  x.require(rows: plane.height, plane.rowLength, apart: plane.rowLength, "the image")
  y.require(rows: padded.height, padded.rowLength, apart: padded.rowLength, "the padded image")
  (y + (border * padded.rowLength + border * plane.channels))
    .require(rows: plane.height, plane.rowLength, apart: padded.rowLength, "the image's place")
  let (image, target) = (x.address, y.address)
  target.update(repeating: 0, count: padded.count)
  for y in 0..<plane.height {
    (target + (y + border) * padded.rowLength + border * plane.channels)
      .update(from: image + y * plane.rowLength, count: plane.rowLength)
  }
}
