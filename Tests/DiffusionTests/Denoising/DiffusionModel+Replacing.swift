// A conditional model with another class embedding.

import Diffusion
import TestSupport

extension DiffusionModel {
  /// The same model with other rows in its class embedding.
  func replacing(
    nullClass: Int? = 3, _ change: (inout [[Float]]) -> Void
  ) throws -> DiffusionModel {
    let file = try Safetensors(bytes: weights, path: "weights")
    var rows = try classRows
    change(&rows)
    let entries = try file.tensors.map { tensor in
      let floats =
        tensor.name == "class_embedding.weight"
        ? rows.flatMap(\.self) : try file.floats(tensor.name)
      return Safetensors.Entry(tensor.name, shape: tensor.shape, .floats(floats))
    }
    var configuration = configuration
    configuration.nullClass = nullClass
    return try withTemporaryFolder { folder in
      try save(to: folder)
      try Safetensors.encode(entries).save(to: folder + "/unet/diffusion_pytorch_model.safetensors")
      try Array(configuration.json.text(.compact).utf8).save(to: folder + "/unet/config.json")
      return try DiffusionModel(folder: folder)
    }
  }
}
