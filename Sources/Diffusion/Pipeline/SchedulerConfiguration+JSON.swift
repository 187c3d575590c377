// The scheduler's configuration as the scheduler/scheduler_config.json that diffusers reads.

extension SchedulerConfiguration {
  private enum ClassName: String, CaseIterable {
    case ddpm = "DDPMScheduler"
    case ddim = "DDIMScheduler"
    case euler = "EulerDiscreteScheduler"
    case heun = "HeunDiscreteScheduler"
    case dpmSolver = "DPMSolverMultistepScheduler"
    case uniPC = "UniPCMultistepScheduler"
  }

  /// The key for a prediction that diffusers does not have.
  private static let ownPredictionKey = "_ddpm_prediction_type"

  /// Reads diffusers' configuration; absent keys have diffusers' defaults.
  ///
  /// - Parameter fields: the file's keys; those read are noted.
  /// - Throws: `FileError` that names the key whose value is wrong or not supported.
  package init(_ fields: inout ConfigurationFields) throws(FileError) {
    let family = try Self.family(&fields)
    let usual = Self.defaults(of: family)
    let prediction = try fields.choice(
      "prediction_type", default: usual.prediction, \.diffusersName)
    let spacing = try fields.choice(
      "timestep_spacing", among: Foreign.spacings, default: usual.spacing)
    self.init(
      family: family,
      timesteps: try fields.integer("num_train_timesteps", default: usual.timesteps),
      betaStart: try fields.number("beta_start", default: usual.betaStart),
      betaEnd: try fields.number("beta_end", default: usual.betaEnd),
      betaSchedule: try fields.choice(
        "beta_schedule", among: Foreign.betaSchedules, default: .linear),
      trainedBetas: try Self.trainedBetas(&fields),
      rescalesToZeroSNR: try fields.flag("rescale_betas_zero_snr", default: false),
      prediction: try fields.choice(
        Self.ownPredictionKey, default: prediction, \.diffusersName),
      clipping: try Self.clipping(&fields, usual),
      spacing: family.isSolver ? try Self.solverSpacing(&fields) ?? spacing : spacing,
      stepsOffset: try fields.integer("steps_offset", default: 0))
    // Of a scheduler of another class its own settings count; but a student stays one of as many steps
    // where DDIM is named, which is what draws it.
    switch family {
    case .ddpm: preference = try Self.preference(&fields)
    case .ddim where fields.value(PreferenceKey.sampler) == "ddim":
      preference = try Self.preference(&fields)
    default: break
    }
    // So do timesteps that somebody changed: beside a preference trailing ones are written.
    if spacing != .trailing { preference = nil }
    try fields.check(validate)
  }

  /// The class and its own settings.
  private static func family(_ fields: inout ConfigurationFields) throws(FileError) -> Family {
    switch try fields.choice("_class_name", default: ClassName.ddpm) {
    case .ddpm:
      .ddpm(try fields.choice("variance_type", among: Foreign.variances, default: .small))
    case .ddim: .ddim(setsAlphaToOne: try fields.flag("set_alpha_to_one", default: true))
    case .euler: solver(.euler, &fields)
    case .heun: solver(.heun, &fields)
    case .dpmSolver: solver(.dpmSolver(try solverOrder(&fields)), &fields)
    case .uniPC: solver(.uniPC, &fields)
    }
  }

  /// What diffusers takes for keys that are not there.
  private static func defaults(of family: Family) -> SchedulerConfiguration {
    switch family {
    case .ddpm, .ddim: SchedulerConfiguration(family: family)
    case .euler, .dpmSolver, .uniPC:
      SchedulerConfiguration(family: family, clipping: .none, spacing: .linspace)
    case .heun:
      SchedulerConfiguration(
        family: family, betaStart: 0.00085, betaEnd: 0.012, clipping: .none, spacing: .linspace)
    }
  }

  /// Thresholding comes first where a scheduler is to do both.
  private static func clipping(
    _ fields: inout ConfigurationFields, _ usual: SchedulerConfiguration
  ) throws(FileError) -> Clipping {
    var clipping = Clipping.none
    if usual.family.hasClipping {
      let clips = try fields.flag("clip_sample", default: usual.clipping != .none)
      let range = try fields.number("clip_sample_range", default: 1)
      if clips { clipping = .toRange(range) }
    }
    guard usual.family.hasThresholding else { return clipping }
    let quantile = try fields.number(
      "dynamic_thresholding_ratio", default: Clipping.usualQuantile)
    let most =
      fields.value("sample_max_value") == .null
      ? nil : try fields.number("sample_max_value", default: 1)
    let isDynamic = try fields.flag("thresholding", default: false)
    return isDynamic ? .dynamic(quantile: quantile, most: most) : clipping
  }

  /// The keys of what becomes of estimates out of range.
  private var clippingMembers: [JSON.Member] {
    var (range, isDynamic): (Double?, Bool) = (nil, false)
    var threshold: (quantile: Double, most: Double?) = (Clipping.usualQuantile, 1)
    switch clipping {
    case .none: break
    case .toRange(let bound): range = bound
    case .dynamic(let quantile, let most): (isDynamic, threshold) = (true, (quantile, most))
    }
    let ranged = [
      JSON.Member("clip_sample", .bool(range != nil)),
      JSON.Member("clip_sample_range", .number(range ?? 1)),
    ]
    let thresholded = [
      JSON.Member("dynamic_thresholding_ratio", .number(threshold.quantile)),
      JSON.Member("sample_max_value", threshold.most.map(JSON.number) ?? .null),
      JSON.Member("thresholding", .bool(isDynamic)),
    ]
    return (family.hasClipping ? ranged : []) + (family.hasThresholding ? thresholded : [])
  }

  private static func trainedBetas(
    _ fields: inout ConfigurationFields
  ) throws(FileError) -> [Double]? {
    if fields.value("trained_betas") ?? .null == .null { return nil }
    return try fields.list("trained_betas", default: [], of: "numbers") { $0.double }
  }

  /// The solvers have keys of their own for `karras` and `logsnr`, and then do not look at this one.
  private var spacingName: String {
    Foreign.name(
      of: spacing == .karras || spacing == .logsnr ? .linspace : spacing, Foreign.spacings)
  }

  /// The name of diffusers' class.
  package var className: String {
    switch family {
    case .ddpm: ClassName.ddpm.rawValue
    case .ddim: ClassName.ddim.rawValue
    case .euler: ClassName.euler.rawValue
    case .heun: ClassName.heun.rawValue
    case .dpmSolver: ClassName.dpmSolver.rawValue
    case .uniPC: ClassName.uniPC.rawValue
    }
  }

  /// All keys of diffusers' configuration, and ours.
  package var json: JSON {
    var members = [
      JSON.Member("_class_name", .string(className)),
      JSON.Member("_diffusers_version", .string(PipelineFolder.diffusersVersion)),
      JSON.Member("beta_end", .number(betaEnd)),
      JSON.Member("beta_schedule", .string(Foreign.name(of: betaSchedule, Foreign.betaSchedules))),
      JSON.Member("beta_start", .number(betaStart)),
      JSON.Member("num_train_timesteps", .integer(timesteps)),
      // With "mean" diffusers opens the model and then refuses to sample, which is better than
      // sampling it wrongly under a name it knows.
      JSON.Member("prediction_type", .string(prediction.diffusersName)),
      JSON.Member("rescale_betas_zero_snr", .bool(rescalesToZeroSNR)),
      JSON.Member("steps_offset", .integer(stepsOffset)),
      JSON.Member("timestep_spacing", .string(spacingName)),
      JSON.Member("trained_betas", trainedBetas.map { .array($0.map(JSON.number)) } ?? .null),
    ]
    if prediction == .mean {
      members.append(JSON.Member(Self.ownPredictionKey, .string(prediction.diffusersName)))
    }
    members += clippingMembers + preferenceMembers
    switch family {
    case .ddpm(let variance):
      members.append(
        JSON.Member("variance_type", .string(Foreign.name(of: variance, Foreign.variances))))
    case .ddim(let setsAlphaToOne):
      members.append(JSON.Member("set_alpha_to_one", .bool(setsAlphaToOne)))
    case .euler, .heun, .dpmSolver, .uniPC: members += solverMembers
    }
    return .object(members)
  }
}

/// diffusers' spellings; of several for one value the first is written.
private enum Foreign {
  typealias Spellings<Value> = [(name: String, value: Value)]

  static let betaSchedules: Spellings<BetaSchedule> = [
    ("linear", .linear), ("scaled_linear", .quadratic), ("squaredcos_cap_v2", .cosine),
    ("sigmoid", .sigmoid),
  ]
  static let spacings: Spellings<StepSpacing> = [
    ("leading", .leading), ("trailing", .trailing), ("linspace", .linspace),
  ]
  /// "fixed_small_log" is the same variance, which diffusers computes by way of its logarithm.
  static let variances: Spellings<ReverseVariance.Kind> = [
    ("fixed_small", .small), ("fixed_small_log", .small), ("fixed_large", .large),
    ("learned_range", .learned),
  ]

  /// The name of a value; of one that diffusers does not have, that of the first.
  static func name<Value: Equatable>(of value: Value, _ spellings: Spellings<Value>) -> String {
    (spellings.first { $0.value == value } ?? spellings[0]).name
  }
}

extension Prediction {
  /// As diffusers spells it; `mean`, which it lacks, in the same manner.
  fileprivate var diffusersName: String {
    switch self {
    case .noise: "epsilon"
    case .sample: "sample"
    case .velocity: "v_prediction"
    case .mean: "mean"
    }
  }
}
