// The keys of our own for how a model is best drawn from, which diffusers ignores.

extension SchedulerConfiguration {
  /// Their names.
  enum PreferenceKey {
    static let sampler = "_ddpm_sampler"
    static let spacing = "_ddpm_timestep_spacing"
    static let steps = "_ddpm_steps"
  }

  private static let samplers: [(name: String, value: DefaultSampler)] = [
    ("ddim", .ddim), ("dpm++2m", .dpmSolver(.second)), ("dpm++3m", .dpmSolver(.third)),
    ("heun", .heun), ("unipc", .uniPC),
  ]
  private static let spacings = StepSpacing.allCases.map { (name: $0.rawValue, value: $0) }

  /// The preference; nil where the file names no sampler for it.
  ///
  /// - Throws: `FileError` that names the key whose value is wrong.
  static func preference(_ fields: inout ConfigurationFields) throws(FileError)
    -> SamplingPreference?
  {
    guard fields.value(PreferenceKey.sampler) ?? .null != .null else {
      fields.skip(PreferenceKey.sampler)
      return nil
    }
    return SamplingPreference(
      sampler: try fields.choice(PreferenceKey.sampler, among: samplers, default: .ddim),
      spacing: try fields.choice(PreferenceKey.spacing, among: spacings, default: .trailing),
      steps: try fields.integer(PreferenceKey.steps, default: usualSteps))
  }

  /// Where the file does not say.
  private static let usualSteps = 10

  /// The preference's members; none without one.
  var preferenceMembers: [JSON.Member] {
    guard let preference else { return [] }
    let name = Self.samplers.first { $0.value == preference.sampler }?.name
    return [
      JSON.Member(PreferenceKey.sampler, .string(name ?? Self.samplers[0].name)),
      JSON.Member(PreferenceKey.spacing, .string(preference.spacing.rawValue)),
      JSON.Member(PreferenceKey.steps, .integer(preference.steps)),
    ]
  }
}
