// Moving pictures as PNG files (APNG: acTL, fcTL and fdAT chunks): programs that do not know of
// movement show the first frame.

extension PNG {
  /// A picture of a moving one, and for how long it is shown.
  package struct Frame: Equatable, Sendable {
    /// The picture; all frames of a file are of one size.
    package let picture: Picture
    /// How long it is shown, in milliseconds.
    package let milliseconds: UInt16

    package init(_ picture: Picture, milliseconds: UInt16) {
      (self.picture, self.milliseconds) = (picture, milliseconds)
    }
  }

  /// Writes a moving picture that begins again at its end.
  ///
  /// - Parameters:
  ///   - frames: at least one, of 1 (grey) or 3 (RGB) channels.
  ///   - path: the file, replaced at once or not at all.
  ///   - text: what to note in the file.
  /// - Throws: `FileError` if the pictures have other channels or the file cannot be written.
  package static func write(
    _ frames: [Frame], to path: String, text: [(key: String, value: String)] = []
  ) throws(FileError) {
    let bytes: [UInt8]
    do { bytes = try encode(frames, text: text) } catch {
      throw FileError(path: path, .invalid(error.description))
    }
    try AtomicFile.write(bytes, to: path)
  }

  /// The bytes of such a file.
  package static func encode(
    _ frames: [Frame], text: [(key: String, value: String)]
  ) throws(ChannelError) -> [UInt8] {
    precondition(!frames.isEmpty, "a moving picture without a frame")
    let first = frames[0].picture
    let repeatsForEver: UInt32 = 0
    let control = UInt32(frames.count).bigEndianBytes + repeatsForEver.bigEndianBytes
    var bytes = try opening(first, text) + chunk("acTL", control)
    // fcTL and fdAT chunks are counted together.
    var number: UInt32 = 0
    for (place, frame) in frames.enumerated() {
      let picture = frame.picture
      precondition(
        (picture.width, picture.height, picture.channels)
          == (first.width, first.height, first.channels),
        "frame \(place) is \(picture.height) x \(picture.width) x \(picture.channels), the first"
          + " \(first.height) x \(first.width) x \(first.channels)")
      bytes += chunk("fcTL", number.bigEndianBytes + frame.control)
      number += 1
      if place == 0 {
        bytes += chunk("IDAT", deflated(picture))
      } else {
        bytes += chunk("fdAT", number.bigEndianBytes + deflated(picture))
        number += 1
      }
    }
    return bytes + ending
  }
}

extension PNG.Frame {
  /// Its size, its place and its time, and that it replaces the frame before.
  fileprivate var control: [UInt8] {
    let place: [UInt32] = [UInt32(picture.width), UInt32(picture.height), 0, 0]
    let perSecond: UInt16 = 1000
    let time = [milliseconds >> 8, milliseconds & 255, perSecond >> 8, perSecond & 255]
    return place.flatMap(\.bigEndianBytes) + time.map { UInt8($0) } + [0, 0]
  }
}
