// The names and shapes of a U-Net's parameters, written down once more from the configuration.

import Diffusion

extension UNetConfiguration {
  /// What diffusers' UNet2DModel of this configuration holds.
  var parameterShapes: [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    let embedding = embeddingChannels ?? 4 * channels[0]

    func parameters(_ name: String, _ weight: [Int], bias: Int) {
      shapes[name + ".weight"] = weight
      shapes[name + ".bias"] = [bias]
    }
    func convolution(_ name: String, _ input: Int, _ output: Int, kernel: Int = 3) {
      parameters(name, [output, input, kernel, kernel], bias: output)
    }
    func linear(_ name: String, _ input: Int, _ output: Int) {
      parameters(name, [output, input], bias: output)
    }
    func norm(_ name: String, _ channels: Int) { parameters(name, [channels], bias: channels) }
    func residual(_ name: String, _ input: Int, _ output: Int) {
      norm(name + ".norm1", input)
      convolution(name + ".conv1", input, output)
      linear(name + ".time_emb_proj", embedding, conditioning == .scaleShift ? 2 * output : output)
      norm(name + ".norm2", output)
      convolution(name + ".conv2", output, output)
      if input != output { convolution(name + ".conv_shortcut", input, output, kernel: 1) }
    }
    func attention(_ name: String, _ channels: Int, isNormalised: Bool = true) {
      let head = headChannels ?? channels
      let inner = channels / head * head
      if isNormalised { norm(name + ".group_norm", channels) }
      for projection in ["to_q", "to_k", "to_v"] {
        linear("\(name).\(projection)", channels, inner)
      }
      linear(name + ".to_out.0", inner, channels)
    }

    convolution("conv_in", inChannels, channels[0])
    linear("time_embedding.linear_1", channels[0], embedding)
    linear("time_embedding.linear_2", embedding, embedding)
    if let classes { shapes["class_embedding.weight"] = [classes, embedding] }
    let levels = channels.count
    for (level, width) in channels.enumerated() {
      let name = "down_blocks.\(level)"
      for layer in 0..<layersPerBlock {
        let input = layer == 0 ? channels[max(level - 1, 0)] : width
        residual("\(name).resnets.\(layer)", input, width)
        if downBlocks[level] == .attention { attention("\(name).attentions.\(layer)", width) }
      }
      if level < levels - 1 { convolution("\(name).downsamplers.0.conv", width, width) }
    }
    let deepest = channels[levels - 1]
    if middle != .none {
      residual("mid_block.resnets.0", deepest, deepest)
      residual("mid_block.resnets.1", deepest, deepest)
    }
    if middle == .attention {
      attention(
        "mid_block.attentions.0", deepest,
        isNormalised: attentionNormGroups != nil || conditioning == .addition)
    }
    let rising = Array(channels.reversed())
    for (level, width) in rising.enumerated() {
      let name = "up_blocks.\(level)"
      for layer in 0...layersPerBlock {
        let below = layer == 0 ? rising[max(level - 1, 0)] : width
        let skip = layer == layersPerBlock ? rising[min(level + 1, levels - 1)] : width
        residual("\(name).resnets.\(layer)", below + skip, width)
        if upBlocks[level] == .attention { attention("\(name).attentions.\(layer)", width) }
      }
      if level < levels - 1 { convolution("\(name).upsamplers.0.conv", width, width) }
    }
    norm("conv_norm_out", channels[0])
    convolution("conv_out", channels[0], outChannels)
    return shapes
  }
}
