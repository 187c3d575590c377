// The guidance that a command line asks for.

import Diffusion

/// Guidance by its options.
package struct GuidanceSettings: Equatable, Sendable {
  package var weight: Double?
  package var interval: ClosedRange<Timestep>?
  /// The folder of the model that is guided away from.
  package var guide: String?
  package var rescale: Double?

  /// - Throws: `UsageError` for a setting of guidance without guidance.
  init(_ arguments: Arguments) throws(UsageError) {
    weight = try arguments[CommonOptions.guidance]
    interval = try arguments[CommonOptions.guidanceInterval]
    guide = try arguments[CommonOptions.guideBy]
    rescale = try arguments[CommonOptions.guidanceRescale]
    guard weight == nil, guide == nil else { return }
    for option in [CommonOptions.guidanceInterval, CommonOptions.guidanceRescale] as [any AnyOption]
    where arguments.texts[option.flag] != nil {
      throw UsageError("\(option.flag) says how --guidance works: add --guidance W")
    }
  }

  /// w with a guide, where nobody says.
  private static let usualWeight = 1.0

  /// The guidance; nil where none is asked for.
  ///
  /// - Throws: `MissingInput` or `FileError` for a guide that is no model.
  func guidance(_ progress: SharedProgress) throws -> Guidance? {
    guard weight != nil || guide != nil else { return nil }
    return Guidance(
      weight ?? GuidanceSettings.usualWeight,
      from: try guide.map { .model(try ModelChoice.open($0, progress).model) } ?? .noClass,
      interval: interval, rescale: rescale ?? 0)
  }
}

extension Guidance {
  /// What is noted of it: w, then what is not as usual.
  ///
  /// - Parameter guide: the path of the model that guides.
  func text(guide path: String? = nil) -> String {
    let interval = interval.map {
      " at timesteps \(ValueFormat<ClosedRange<Timestep>>.timestepInterval.write($0))"
    }
    let guide = path.map { " by \($0)" }
    let rescale = rescale == 0 ? nil : ", rescaled by \(rescale.brief)"
    return weight.brief + [guide, interval, rescale].compactMap(\.self).joined()
  }
}
