// A model whose results are known: its network's output is constant.

import Autograd
import Diffusion
import Foundation
import Kernels
import TestSupport

/// A model whose network outputs one number for every value of every image, whatever the input.
func constantModel(
  _ output: Float, prediction: Prediction, clipRange: Double?,
  timesteps: Int, size: ImageSize = ImageSize(height: 4, width: 4, channels: 1),
  betas: [Double]? = nil
) throws -> DiffusionModel {
  let network = UNetConfiguration(
    resolution: .init(size), inChannels: size.channels,
    outChannels: size.channels, channels: [8], downBlocks: [.plain], upBlocks: [.plain],
    layersPerBlock: 1, middle: .none, normGroups: 1)
  let layout = try UNet(network).layout
  let parameters = Parameters(layout)
  for parameter in layout.parameters where parameter.name == "conv_out.bias" {
    parameters[parameter].fill(output)
  }
  var scheduler = SchedulerConfiguration(
    timesteps: timesteps, prediction: prediction,
    clipping: clipRange.map(Clipping.toRange) ?? .none)
  scheduler.trainedBetas = betas
  let files = PipelineFolder.files(
    unet: network, scheduler: scheduler, weights: layout.entries(parameters.values))
  return try withTemporaryFolder { folder in
    for file in files {
      let path = URL(filePath: folder).appending(path: file.path)
      try createFolder(path.deletingLastPathComponent().path)
      try file.bytes.save(to: path.path)
    }
    return try DiffusionModel(folder: folder)
  }
}

/// A model with first weights, whose outputs are small: of velocities, so that its estimates of
/// images are not all clipped.
func untrainedModel(timesteps: Int) throws -> DiffusionModel {
  try Trainer(
    SmallTraining.network(), schedule: NoiseSchedule(.cosine, timesteps: timesteps),
    prediction: .velocity, data: SmallTraining.images(1), SmallTraining.options(batch: 1)
  ).snapshot()
}

/// Images of grey levels without a pattern: the upper bits of squares times 2^32 over the golden
/// ratio.
func patternlessImages(_ count: Int, size: ImageSize) -> ByteImages {
  ByteImages(
    size: size,
    pixels: (1...count * size.values).map { place in
      UInt8(UInt32(truncatingIfNeeded: place &* place &* 0x9E37_79B1) >> 24)
    })
}
