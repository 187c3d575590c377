// What can be wrong with a picture to be written.

/// A picture whose channels a file format has no colours for.
package enum ChannelError: Error, Equatable, CustomStringConvertible {
  /// A PNG is grey or RGB; the picture has this many channels.
  case png(channels: Int)
  /// A PGM is grey; the picture has this many channels.
  case pgm(channels: Int)

  /// What the format holds, and which one to take instead.
  package var description: String {
    switch self {
    case .png(let channels):
      "a .png holds 1 or 3 channels, these images have \(channels); write .npy or .idx instead"
    case .pgm(channels: 3): "a .pgm holds grey images, these are RGB; write .png instead"
    case .pgm(let channels):
      "a .pgm holds 1 channel, these images have \(channels); write .npy or .idx instead"
    }
  }
}
