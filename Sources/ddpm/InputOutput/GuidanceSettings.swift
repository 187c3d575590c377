// The guidance that a command line asks for.

import Diffusion

/// Guidance by its options.
package struct GuidanceSettings: Equatable, Sendable {
  package var weight: Double?
  package var interval: ClosedRange<Timestep>?
  /// The folder of the model that is guided away from.
  package var guide: String?
  package var rescale: Double?

  /// No guidance.
  package init() {}

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
  /// - Throws: `FileError` for a guide that is not a model.
  func guidance() throws -> Guidance? {
    guard weight != nil || guide != nil else { return nil }
    return Guidance(
      weight ?? GuidanceSettings.usualWeight,
      from: try guide.map { .model(try DiffusionModel(folder: $0)) } ?? .noClass,
      interval: interval, rescale: rescale ?? 0)
  }
}

extension Guidance {
  /// What is noted of it: w, then what is not as usual.
  var text: String {
    let interval = interval.map {
      " at timesteps \(ValueFormat<ClosedRange<Timestep>>.timestepInterval.write($0))"
    }
    let guide: String? = if case .model = reference { " by another model" } else { nil }
    let rescale = rescale == 0 ? nil : ", rescaled by \(rescale.brief)"
    return weight.brief + [guide, interval, rescale].compactMap(\.self).joined()
  }
}
