// Which pixels are drawn anew.

internal import Kernels

/// Hidden and shown pixels of images of a size.
public struct Mask: Sendable {
  /// The images' size.
  public let size: ImageSize
  /// Whether each pixel is hidden, row by row: [H, W].
  public let hidden: [Bool]
  /// 1 for each hidden value, [H, W, C].
  private let memory: FloatMemory

  /// A mask by its pixels.
  ///
  /// - Parameters:
  ///   - size: of the images.
  ///   - hidden: whether each pixel is hidden, [H, W].
  public init(_ size: ImageSize, hidden: [Bool]) {
    precondition(
      hidden.count == size.height * size.width, "\(hidden.count) pixels for images of \(size)")
    (self.size, self.hidden) = (size, hidden)
    memory = FloatMemory(
      hidden.flatMap { isHidden in Array(repeating: isHidden ? 1 : 0, count: size.channels) })
  }

  /// A part of the images.
  public enum Part: String, CaseIterable, Sendable {
    /// The columns up to the middle.
    case left
    /// The columns from the middle on.
    case right
    /// The rows up to the middle.
    case top
    /// The rows from the middle on.
    case bottom
    /// Half of the columns and half of the rows, round the middle.
    case center
  }

  /// A mask that hides half of the images, or the square of half their sides in the middle.
  ///
  /// - Parameters:
  ///   - part: which.
  ///   - size: of the images.
  public init(_ part: Part, of size: ImageSize) {
    let (height, width) = (size.height, size.width)
    self.init(
      size,
      hidden: (0..<height * width).map { pixel in
        let (y, x) = (pixel / width, pixel % width)
        return switch part {
        case .left: x < width / 2
        case .right: x >= width / 2
        case .top: y < height / 2
        case .bottom: y >= height / 2
        case .center:
          (height / 4..<height - height / 4).contains(y)
            && (width / 4..<width - width / 4).contains(x)
        }
      })
  }

  /// One image where it is hidden, another where it is shown.
  func select(_ hidden: Floats, _ shown: Floats, into result: Floats) {
    Kernels.select(memory.all, hidden, shown, into: result)
  }
}
