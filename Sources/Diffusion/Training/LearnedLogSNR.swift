// A noise schedule that is learned along with the network, in continuous time (VDM, Kingma et al. 2021).

import Foundation

/// γ(t) = -ln SNR(t) for t in 0...1, piecewise linear between a hundred and one values:
///
/// ```
/// ᾱ(t) = sigmoid(-γ(t))        L_∞ = ½ ∫ γ'(t) E‖ε - ε̂(x_t, t)‖² dt        (Eq. 17)
/// ```
/// The bound depends on γ only through its ends: those follow the bound's gradient. In between, γ decides
/// how much the estimates of the loss differ from one t to another. Kingma et al. minimize that variance
/// by the gradient of a monotone network; here its minimum is taken, which is known:
///
/// ```
/// γ'(t) ∝ 1 / √E[ℓ²]        ℓ = ½ ‖ε - ε̂‖²
/// ```
/// so that every part of 0...1 has an equal share of ∫ √E[ℓ²] dγ. The second moments are those of the
/// losses seen.
public struct LearnedLogSNR: Equatable, Sendable {
  /// γ(0), the least noise.
  public private(set) var first: Double
  /// γ(1), the most noise.
  public private(set) var last: Double
  /// What share of first...last each part of 0...1 takes; they add up to 1.
  private var shares: [Double]
  /// The running means of ℓ and ℓ² in each part, in nats per dimension.
  private var losses: [Moments]

  private struct Moments: Codable, Equatable, Sendable {
    var count = 0
    var mean = 0.0
    var square = 0.0
  }

  /// Parts of 0...1.
  private static let parts = 100
  /// A running mean replaces this share by what it sees.
  private static let forgetting = 0.01
  /// Losses that each part must have had before γ follows them.
  private static let leastLosses = 20
  /// How far a step moves the values inside towards their optimum, and how far an end goes along the
  /// bound's gradient.
  private static let rates = (inside: 0.01, first: 0.02, last: 0.5)
  /// The share of every part that does not depend on its losses.
  private static let evenShare = 0.1
  /// Values of γ that an end does not pass: single precision holds 1 - ᾱ up to the first.
  private static let ends = -15.0...12

  /// A line from one end to the other: VDM's start.
  ///
  /// - Parameters:
  ///   - first: γ(0), at least -15.
  ///   - last: γ(1), above it and at most 12.
  public init(first: Double = -13.3, last: Double = 5) {
    let ends = LearnedLogSNR.ends
    precondition(
      first < last && ends.contains(first) && ends.contains(last),
      "γ from \(first) to \(last), and it lies within \(ends)")
    (self.first, self.last) = (first, last)
    shares = Array(
      repeating: 1 / Double(LearnedLogSNR.parts), count: LearnedLogSNR.parts)
    losses = Array(repeating: Moments(), count: LearnedLogSNR.parts)
  }

  /// γ and its derivative.
  ///
  /// - Parameter t: in 0...1.
  public func callAsFunction(_ t: Double) -> (value: Double, slope: Double) {
    precondition((0...1).contains(t), "γ at \(t)")
    let (part, rest) = place(t)
    let before = shares[..<part].reduce(0, +)
    let range = last - first
    return (
      first + range * (before + shares[part] * rest), range * shares[part] * Double(shares.count)
    )
  }

  /// The part that t lies in, and how far.
  private func place(_ t: Double) -> (part: Int, rest: Double) {
    let scaled = t * Double(shares.count)
    let part = min(Int(scaled), shares.count - 1)
    return (part, scaled - Double(part))
  }

  // MARK: - Tables

  /// The process at some moments, as the timesteps 1, 2, ... of a schedule.
  ///
  /// - Parameter moments: at least two, ascending, in 0...1.
  /// - Throws: `ScheduleError` where two of them can't be told apart.
  public func schedule(at moments: [Double]) throws(ScheduleError) -> NoiseSchedule {
    var before = 1.0
    return try NoiseSchedule(
      betas: moments.map { t in
        let alphaBar = 1 / (1 + exp(self(t).value))
        defer { before = alphaBar }
        return (before - alphaBar) / before
      })
  }

  /// The process as a table from γ(0) to γ(1), which every sampler reads.
  ///
  /// - Parameter count: T.
  /// - Throws: `ScheduleError`.
  public func table(timesteps count: Int = usualTimesteps) throws(ScheduleError) -> NoiseSchedule {
    try schedule(at: (0..<count).map { Double($0) / Double(max(1, count - 1)) })
  }

  /// Timesteps of the table.
  public static let usualTimesteps = 1000
}

// MARK: - Learning

extension LearnedLogSNR {
  /// Takes note of a loss.
  ///
  /// - Parameters:
  ///   - loss: ½‖ε - ε̂‖² of an example, in nats per dimension.
  ///   - t: its moment.
  mutating func record(_ loss: Double, at t: Double) {
    let part = place(t).part
    losses[part].count += 1
    let share = max(LearnedLogSNR.forgetting, 1 / Double(losses[part].count))
    losses[part].mean += share * (loss - losses[part].mean)
    losses[part].square += share * (loss * loss - losses[part].square)
  }

  /// Moves γ by one step.
  ///
  /// - Parameters:
  ///   - rate: of its usual rates, 0 to 1: a schedule stands still where the network does.
  ///   - ends: how prior and decoder change with the ends.
  mutating func adapt(rate: Double, _ ends: EndTerms) {
    guard losses.allSatisfy({ $0.count >= LearnedLogSNR.leastLosses }) else { return }
    adaptInside(rate: rate * LearnedLogSNR.rates.inside)
    let down = ends.decoderSlope(at: first) - losses[0].mean
    let up = ends.priorSlope(at: last) + losses[losses.count - 1].mean
    let (least, most) = (LearnedLogSNR.ends.lowerBound, LearnedLogSNR.ends.upperBound)
    let middle = (first + last) / 2
    first = min(max(first - rate * LearnedLogSNR.rates.first * down, least), middle - 1)
    last = max(min(last - rate * LearnedLogSNR.rates.last * up, most), middle + 1)
  }

  private mutating func adaptInside(rate: Double) {
    // What each part has of ∫ √E[ℓ²] dγ.
    let costs = zip(shares, losses).map { $0 * $1.square.squareRoot() }
    let sum = costs.reduce(0, +)
    guard sum > 0, sum.isFinite else { return }
    let even = LearnedLogSNR.evenShare
    let masses = zip(shares, costs).map { (1 - even) * $1 / sum + even * $0 }
    // The places where the mass reaches 0, 1/K, 2/K, ... of its sum, mixed with those that there were.
    var places = [0.0]
    var (part, passed, before) = (0, 0.0, 0.0)
    for k in 1..<shares.count {
      let goal = Double(k) / Double(shares.count)
      while part < shares.count - 1, passed + masses[part] < goal {
        passed += masses[part]
        before += shares[part]
        part += 1
      }
      places.append(before + shares[part] * min(1, (goal - passed) / masses[part]))
    }
    places.append(1)
    for k in shares.indices {
      shares[k] += rate * (places[k + 1] - places[k] - shares[k])
    }
  }
}

// MARK: - In files

extension LearnedLogSNR: Codable {
  /// As a text that keeps every bit.
  var text: String {
    String(decoding: (try? JSONEncoder().encode(self)) ?? Data(), as: UTF8.self)
  }

  /// The schedule of a text; nil for any other text.
  init?(text: String) {
    guard let schedule = try? JSONDecoder().decode(LearnedLogSNR.self, from: Data(text.utf8))
    else { return nil }
    self = schedule
  }

  /// A schedule that was encoded.
  ///
  /// - Throws: `DecodingError` for values that are no schedule.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    first = try values.decode(Double.self, forKey: .first)
    last = try values.decode(Double.self, forKey: .last)
    shares = try values.decode([Double].self, forKey: .shares)
    losses = try values.decode([Moments].self, forKey: .losses)
    guard isSound else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "γ does not rise in its range"))
    }
  }

  /// Whether γ rises from one end to the other.
  private var isSound: Bool {
    let range = LearnedLogSNR.ends
    return range.contains(first) && range.contains(last) && first < last
      && shares.count == LearnedLogSNR.parts && losses.count == LearnedLogSNR.parts
      && shares.allSatisfy { $0 > 0 && $0 < 1 } && abs(shares.reduce(0, +) - 1) < 1e-6
  }
}
