// The samplers by the names that the command line has for them.

import Diffusion

/// A sampler that `--sampler` names.
package struct SamplerKind: Sendable, Hashable {
  /// Which option says how much noise its steps add.
  enum Noise: Sendable {
    case none
    case eta
    case variance
  }

  package let name: String
  /// How many timesteps it visits where nobody says; nil is all.
  let usualSteps: Int?
  let noise: Noise
  /// The variance of its steps, where its name says so.
  var variance: ReverseVariance.Kind?
  let make: @Sendable (Eta, ReverseVariance) -> any Sampler

  private init(
    _ name: String, usualSteps: Int?, noise: Noise, variance: ReverseVariance.Kind? = nil,
    make: @escaping @Sendable (Eta, ReverseVariance) -> any Sampler
  ) {
    (self.name, self.usualSteps, self.noise) = (name, usualSteps, noise)
    (self.variance, self.make) = (variance, make)
  }

  package static func == (a: SamplerKind, b: SamplerKind) -> Bool { a.name == b.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  package static let ddpm = SamplerKind("ddpm", usualSteps: nil, noise: .variance) {
    DDPMSampler(variance: $1)
  }
  package static let ddpmOptimal = SamplerKind(
    "ddpm-optimal", usualSteps: nil, noise: .none, variance: .optimal
  ) { DDPMSampler(variance: $1) }
  package static let ddpmLearned = SamplerKind(
    "ddpm-learned", usualSteps: nil, noise: .none, variance: .learned
  ) { DDPMSampler(variance: $1) }
  package static let ddim = SamplerKind("ddim", usualSteps: 50, noise: .eta) { eta, _ in
    DDIMSampler(eta: eta)
  }

  package static let secondOrderDDIM = SamplerKind("ddim2", usualSteps: 10, noise: .none) { _, _ in
    SecondOrderDDIM()
  }
  package static let dpmSolver2M = SamplerKind("dpm++2m", usualSteps: 10, noise: .none) { _, _ in
    DPMSolverMultistep(order: .second)
  }
  package static let dpmSolver3M = SamplerKind("dpm++3m", usualSteps: 10, noise: .none) { _, _ in
    DPMSolverMultistep(order: .third)
  }
  package static let heun = SamplerKind("heun", usualSteps: 10, noise: .none) { _, _ in
    HeunSampler()
  }
  package static let uniPC = SamplerKind("unipc", usualSteps: 10, noise: .none) { _, _ in
    UniPCSampler()
  }

  /// The one that a model's own pipeline draws with.
  init(_ own: DefaultSampler) {
    self =
      switch own {
      case .ddim, .euler, .dpmSolver(.first): .ddim
      case .dpmSolver(.second): .dpmSolver2M
      case .dpmSolver(.third): .dpmSolver3M
      case .heun: .heun
      case .uniPC: .uniPC
      }
  }

  package static let all = [ddpm, ddim, secondOrderDDIM, dpmSolver2M, dpmSolver3M, heun, uniPC]
  /// What can be compared: DDPM has a row for each variance.
  package static let compared = all + [ddpmOptimal, ddpmLearned]
}

extension [SamplerKind] {
  /// The names, as the help lists them.
  var names: String { map(\.name).joined(separator: ", ") }
}

extension ValueFormat where Value == SamplerKind {
  package static var sampler: Self { named(SamplerKind.all) { $0.name } }
  package static var comparedSampler: Self { named(SamplerKind.compared) { $0.name } }
}

/// A sampler with the settings that belong to it; nil leaves a choice to the model's own pipeline.
package struct SamplerSettings: Equatable, Sendable {
  package var kind: SamplerKind?
  package var steps: Int?
  package var spacing: StepSpacing?
  package var eta = Eta.value(0)
  package var variance: ReverseVariance.Kind?

  /// A sampler, or the model's own, in its usual way.
  package init(
    _ kind: SamplerKind?, steps: Int? = nil, spacing: StepSpacing? = nil, eta: Eta = .value(0),
    variance: ReverseVariance.Kind? = nil
  ) {
    (self.kind, self.steps, self.spacing) = (kind, steps, spacing)
    (self.eta, self.variance) = (eta, variance)
  }

  /// The sampler's settings on a command line.
  /// - Throws: `UsageError` for a setting of another sampler.
  init(_ arguments: Arguments) throws(UsageError) {
    typealias Sample = SampleCommand
    let eta = try arguments[Sample.eta]
    // Only ddim has an eta, so the flag says which sampler is meant.
    self.init(
      try arguments[Sample.sampler] ?? (eta == nil ? nil : .ddim),
      steps: try arguments[Sample.steps], spacing: try arguments[Sample.spacing],
      eta: eta ?? .value(0), variance: try arguments[Sample.variance])
    if kind?.noise != .variance, variance != nil {
      let own = kind.map { $0.noise == .eta ? "; \($0.name) has --eta" : "" } ?? ""
      throw UsageError("--variance belongs to --sampler ddpm\(own)")
    }
    guard let kind else { return }
    if kind.noise != .eta, eta != nil {
      let own = kind.noise == .variance ? "; \(kind.name) has --variance" : ""
      throw UsageError("--eta belongs to --sampler ddim\(own)")
    }
    if kind.usualSteps == nil, steps == nil, spacing != nil {
      throw UsageError(
        "--sampler \(kind.name) visits every timestep; --spacing needs --steps with it")
    }
  }

  /// Whether images follow from the noise they start from, as they do with every model's own sampler.
  var isDeterministic: Bool { kind?.make(eta, .small).isDeterministic ?? true }

  /// The sampler for a model: in one step, where solvers of higher order have no second one to know more
  /// from, all of a model's own are DDIM.
  private func kind(for model: DiffusionModel) -> SamplerKind {
    kind
      ?? (steps == 1
        ? .ddim : SamplerKind(model.defaults.preference?.sampler ?? model.defaults.sampler))
  }

  /// What the model is best drawn with, where that is this sampler.
  private func preference(of model: DiffusionModel) -> SamplingPreference? {
    model.defaults.preference.flatMap { kind(for: model) == SamplerKind($0.sampler) ? $0 : nil }
  }

  /// The sampler and its timesteps for a model.
  ///
  /// - Parameter imageVariance: estimates the model's, for the optimal variance.
  func plan(
    for model: DiffusionModel, imageVariance: () throws -> ImageVariance
  ) rethrows -> SamplingPlan {
    let (all, kind) = (model.schedule.last.value, kind(for: model))
    let variance = kind.noise == .variance ? variance ?? model.defaults.variance : .small
    let sampler = kind.make(eta, try variance.variance(imageVariance))
    let own = preference(of: model)
    guard let steps = steps ?? own?.steps ?? kind.usualSteps else {
      return SamplingPlan(sampler, steps: all, spacing: .trailing)
    }
    return SamplingPlan(
      sampler, steps: min(steps, max(all, self.steps ?? 0)),
      spacing: spacing ?? own?.spacing)
  }

  /// One line: the sampler and the timesteps it visits.
  func summary(_ path: [Timestep], _ model: DiffusionModel) -> String {
    let visited = path.dropLast().map(\.value)
    let shown = visited.count <= 12 ? visited[...] : visited.prefix(5)
    let list = shown.map(String.init).joined(separator: " ")
    let tail =
      visited.count <= 12 ? "" : " ... " + visited.suffix(3).map(String.init).joined(separator: " ")
    let words = text(path, model).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return "\(words); timesteps \(list)\(tail) of \(model.schedule.last)"
  }

  /// Name, steps and noise, as key and value.
  func text(_ path: [Timestep], _ model: DiffusionModel) -> [(key: String, value: String)] {
    let kind = kind(for: model)
    let head = [("sampler", kind.name), ("steps", "\(path.count - 1)")]
    let visited = spacing ?? preference(of: model)?.spacing ?? model.defaults.spacing
    let spacing = ("spacing", visited.rawValue)
    switch kind.noise {
    case .none: return head + [spacing]
    case .eta: return head + [("eta", eta.text), spacing]
    case .variance:
      let visitsAll = steps == nil && kind.usualSteps == nil
      let variance = (variance ?? model.defaults.variance).rawValue
      return head + (visitsAll ? [] : [spacing]) + [("variance", variance)]
    }
  }
}

extension Eta {
  /// As the command line spells it.
  var text: String {
    switch self {
    case .value(let eta): ValueFormat<Double>.number(0...1).write(eta)
    case .hat: "hat"
    }
  }
}
