// What the configurations of diffusers' solvers have beside the process.

extension SchedulerConfiguration.Family {
  /// Whether the scheduler is a solver's.
  var isSolver: Bool {
    switch self {
    case .ddpm, .ddim: false
    case .euler, .heun, .dpmSolver, .uniPC: true
    }
  }

  /// Whether it can clip estimates of x_0 to a range.
  var hasClipping: Bool {
    switch self {
    case .ddpm, .ddim, .heun: true
    case .euler, .dpmSolver, .uniPC: false
    }
  }

  /// Whether it can threshold them dynamically.
  var hasThresholding: Bool {
    switch self {
    case .ddpm, .ddim, .dpmSolver, .uniPC: true
    case .euler, .heun: false
    }
  }
}

extension SchedulerConfiguration {
  /// The order of DPM-Solver++.
  ///
  /// - Throws: `FileError` for one that it does not have, or for a network that also learns the variance.
  static func solverOrder(_ fields: inout ConfigurationFields) throws(FileError) -> SolverOrder {
    try fields.require("variance_type", oneOf: .null, "fixed_small", "fixed_large")
    let number = try fields.integer("solver_order", default: SolverOrder.second.rawValue)
    guard let order = SolverOrder(rawValue: number) else {
      throw fields.unsupported(
        "solver_order", .integer(number), SolverOrder.allCases.map { "\($0.rawValue)" })
    }
    return order
  }

  /// Reads the settings of a solver: what decides the images but not what the network has learned is taken
  /// as the nearest that is here.
  static func solver(_ family: Family, _ fields: inout ConfigurationFields) -> Family {
    switch family {
    case .ddpm, .ddim, .heun: break
    case .euler:
      fields.take("interpolation_type", as: "linear")
      fields.take("timestep_type", as: "discrete")
    case .dpmSolver:
      fields.take("algorithm_type", as: "dpmsolver++", or: "deis")
      fields.take("solver_type", as: "midpoint", or: "logrho", "bh1", "bh2")
      fields.take("lower_order_final", as: true)
      fields.take("lambda_min_clipped", as: "-Infinity", or: .null)
      // The last step, to data, is Euler's in any case.
      fields.skip("euler_at_final")
    case .uniPC:
      fields.take("solver_order", as: 2)
      fields.take("solver_type", as: "bh2", or: "midpoint", "heun", "logrho")
      fields.take("predict_x0", as: true)
      fields.take("lower_order_final", as: true)
      fields.take("disable_corrector", as: [])
      fields.take("solver_p", as: .null)
    }
    fields.take("final_sigmas_type", as: "zero")
    fields.take("sigma_min", as: .null)
    fields.take("sigma_max", as: .null)
    return family
  }

  /// The spacing where it is one that solvers have keys of their own for.
  ///
  /// - Throws: `FileError` for noise levels of another kind of process.
  static func solverSpacing(
    _ fields: inout ConfigurationFields
  ) throws(FileError) -> StepSpacing? {
    try fields.require("use_flow_sigmas", oneOf: false, .null)
    fields.skip("flow_shift", "shift_terminal", "use_dynamic_shifting", "time_shift_type")
    fields.take("use_beta_sigmas", as: false, or: .null)
    // All are read, so that none counts as a setting without a meaning. The last two are evenly spaced
    // logarithms of the noise level.
    let isSet = [Key.karras, Key.lu, Key.exponential].map { fields.value($0) == true }
    return isSet[0] ? .karras : isSet.contains(true) ? .logsnr : nil
  }

  private enum Key {
    static let karras = "use_karras_sigmas"
    static let lu = "use_lu_lambdas"
    static let exponential = "use_exponential_sigmas"
  }

  /// The keys that only solvers have.
  var solverMembers: [JSON.Member] {
    let isDPMSolver = if case .dpmSolver = family { true } else { false }
    var members = [
      JSON.Member(Key.karras, .bool(spacing == .karras)),
      JSON.Member(isDPMSolver ? Key.lu : Key.exponential, .bool(spacing == .logsnr)),
    ]
    if family != .heun { members.append(JSON.Member("final_sigmas_type", "zero")) }
    switch family {
    case .ddpm, .ddim, .heun: break
    case .euler:
      members += [
        JSON.Member("interpolation_type", "linear"), JSON.Member("timestep_type", "discrete"),
      ]
    case .dpmSolver(let order):
      members += [
        JSON.Member("algorithm_type", "dpmsolver++"), JSON.Member("euler_at_final", false),
        JSON.Member("lower_order_final", true),
        JSON.Member("solver_order", .integer(order.rawValue)),
        JSON.Member("solver_type", "midpoint"), JSON.Member("variance_type", .null),
      ]
    case .uniPC:
      members += [
        JSON.Member("disable_corrector", []), JSON.Member("lower_order_final", true),
        JSON.Member("predict_x0", true), JSON.Member("solver_order", 2),
        JSON.Member("solver_p", .null), JSON.Member("solver_type", "bh2"),
      ]
    }
    return members
  }
}
