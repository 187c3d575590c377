// The U-Net's attention block: every pixel attends to every other.

internal import Autograd

/// (x + out(attention(q(h), k(h), v(h)))) / scale with h = norm(x) (Ho et al. 2020, appendix B).
struct AttentionBlock: Sendable {
  private let norm: GroupNorm?
  private let query: Dense
  private let key: Dense
  private let value: Dense
  private let output: Dense
  private let heads: Int
  private let scale: Double

  /// - Parameters:
  ///   - groups: of the normalisation; nil for none.
  ///   - scale: what the result is divided by.
  init(
    _ name: String, channels: Int, groups: Int?, scale: Double,
    _ configuration: UNetConfiguration, in layout: inout ParameterLayout
  ) {
    let depth = configuration.headChannels ?? channels
    heads = channels / depth
    self.scale = scale
    let inner = heads * depth
    norm = groups.map {
      GroupNorm(
        "\(name).group_norm", channels: channels, groups: $0,
        epsilon: configuration.normEpsilon, in: &layout)
    }
    query = Dense("\(name).to_q", inputs: channels, outputs: inner, in: &layout)
    key = Dense("\(name).to_k", inputs: channels, outputs: inner, in: &layout)
    value = Dense("\(name).to_v", inputs: channels, outputs: inner, in: &layout)
    output = Dense(
      "\(name).to_out.0", inputs: inner, outputs: channels, start: .small, in: &layout)
  }

  /// - Parameter x: [N, H, W, channels], as is the result.
  func callAsFunction(_ x: Tensor, on tape: Tape) -> Tensor {
    let h = norm.map { $0(x, activation: .identity, on: tape) } ?? x
    let mixed = tape.attention(
      q: query(h, on: tape), k: key(h, on: tape), v: value(h, on: tape), heads: heads)
    let y = output(mixed, residual: x, on: tape)
    return scale == 1 ? y : tape.affine(y, scale: Float(1 / scale))
  }
}
