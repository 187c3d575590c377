// What a sampler is: a way from x_t to x_s.

/// A way to remove noise, as its paper's algorithm has it, one step at a time.
///
/// A step reads and changes the walk's x, evaluates the network for estimates of x0 as often as it
/// needs, and may look back at earlier evaluations. Its coefficients follow from the schedule alone.
public protocol Sampler: Sendable {
  /// Its name in tables and pictures.
  var name: String { get }
  /// How many evaluations before the newest one a step reads.
  var memory: Int { get }
  /// Whether images depend only on the noise that they start from.
  var isDeterministic: Bool { get }

  /// Whether steps read the variance that a network learned.
  var readsVariance: Bool { get }

  /// Whether steps add something to the activations of the network's bottleneck.
  var shiftsBottleneck: Bool { get }

  /// The timesteps at which the network is evaluated for x.
  ///
  /// - Parameter path: where x begins, where each step leads, and where it ends.
  /// - Returns: as many timesteps as there are evaluations, in their order.
  func evaluated(along path: [Timestep]) -> [Timestep]

  /// The fewest steps that the sampler's order means anything in.
  var leastSteps: Int { get }

  /// Makes sure that the sampler's own settings are possible.
  ///
  /// - Parameter schedule: the forward process.
  /// - Throws: `SamplingError` that says which is not.
  func check(in schedule: NoiseSchedule) throws(SamplingError)

  /// Takes x from timestep t to timestep s.
  ///
  /// - Parameters:
  ///   - walk: x and its evaluations so far.
  ///   - t: where x is.
  ///   - s: where it is to go; 0 is data.
  func step(_ walk: inout Walk, from t: Timestep, to s: Timestep)
}

extension Sampler {
  /// The type's name.
  public var name: String { "\(Self.self)" }
  /// None.
  public var memory: Int { 0 }
  /// No: where that is not known, noise may be added.
  public var isDeterministic: Bool { false }
  /// No.
  public var readsVariance: Bool { false }
  /// No.
  public var shiftsBottleneck: Bool { false }
  /// Once per step, where it begins.
  public func evaluated(along path: [Timestep]) -> [Timestep] { path.dropLast() }
  /// One.
  public var leastSteps: Int { 1 }
  /// Takes any settings.
  public func check(in schedule: NoiseSchedule) throws(SamplingError) {}
}
