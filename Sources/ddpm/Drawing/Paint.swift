// The colours of plots.

internal import Numerics

/// Colours that people who see no difference of red and green can tell apart.
enum Paint {
  static let paper = Colour(red: 252, green: 252, blue: 250)
  static let grid = Colour(red: 228, green: 228, blue: 224)
  static let axis = Colour(red: 130, green: 130, blue: 126)
  static let label = Colour(red: 92, green: 92, blue: 88)
  static let text = Colour(red: 38, green: 38, blue: 36)
  static let paleBlue = Colour(red: 178, green: 205, blue: 235)
  static let blue = Colour(red: 31, green: 100, blue: 173)
  static let orange = Colour(red: 217, green: 95, blue: 20)
}
