// A model's folder: written and opened again it is the same model; damaged it is refused.

import Foundation
import TestSupport
import Testing

@testable import Diffusion

@Suite struct DiffusionModelTests {
  private static let weightsFile = "unet/diffusion_pytorch_model.safetensors"

  private func samples(_ model: DiffusionModel) throws -> Images {
    try model.sample(
      3, .ddim(steps: 4, eta: .value(0.5)), SamplingOptions(threads: 1)
    ).images
  }

  @Test(arguments: [
    ImageSize(height: 8, width: 8, channels: 1), ImageSize(height: 6, width: 10, channels: 3),
  ])
  func aSavedModelIsTheSameModel(size: ImageSize) throws {
    let trainer = try SmallTraining.trainer(
      SmallTraining.options { $0.warmup = 0 }, data: SmallTraining.images(4, size))
    _ = try trainer.step(of: 1)
    let model = trainer.snapshot()
    try withTemporaryFolder { folder in
      try model.save(to: folder + "/a/b")
      let opened = try DiffusionModel(folder: folder + "/a/b")
      #expect(opened.configuration == model.configuration)
      #expect(opened.imageSize == size && opened.clipping == model.clipping)
      #expect(opened.prediction == model.prediction && opened.ignoredKeys.isEmpty)
      #expect(opened.weights == model.weights)
      #expect(opened.parameterCount == model.parameterCount)
      #expect(opened.operationsPerImage == model.operationsPerImage)

      // A folder's tables are rounded as diffusers rounds them: near the exact ones, and from then
      // on the same at every opening.
      #expect(opened.schedule.origin == model.schedule.origin)
      let (ours, theirs) = (try samples(model), try samples(opened))
      #expect(zip(ours.values, theirs.values).allSatisfy { abs($0 - $1) < 1e-3 })
      try opened.save(to: folder + "/again")
      let again = try DiffusionModel(folder: folder + "/again")
      #expect(again.files == opened.files && again.files == model.files)
      #expect(again.schedule == opened.schedule)
      #expect(try samples(again) == theirs)
    }
  }

  @Test(arguments: Prediction.allCases, BetaSchedule.allCases)
  func theProcessIsSavedToo(prediction: Prediction, family: BetaSchedule) throws {
    let trainer = try Trainer(
      SmallTraining.network(), schedule: NoiseSchedule(family, timesteps: 200),
      prediction: prediction, data: SmallTraining.images(1), SmallTraining.options())
    try withTemporaryFolder { folder in
      try trainer.snapshot().save(to: folder)
      let opened = try DiffusionModel(folder: folder)
      #expect(opened.prediction == prediction && opened.schedule.last == Timestep(200))
      for t in opened.schedule.timesteps {
        let (exact, rounded) = (
          trainer.snapshot().schedule.alphaBar(t), opened.schedule.alphaBar(t)
        )
        #expect(abs(exact - rounded) <= 1e-6, "\(t)")
      }
    }
  }

  /// diffusers' `center_input_sample`, for images that are in 0...1.
  @Test func aCentredInputIsTwiceTheInputLessOne() throws {
    let trainer = try SmallTraining.trainer(SmallTraining.options { $0.warmup = 0 })
    for _ in 0..<3 { _ = try trainer.step(of: 3) }
    let plain = trainer.snapshot()
    var network = SmallTraining.network()
    network.centersInput = true
    let centred = DiffusionModel(
      try UNet(network), plain.parameters, schedule: plain.schedule, prediction: .noise,
      clipping: .none, imageSize: plain.imageSize)
    let images = plain.noise(3, seed: 1)
    let moved = Images(size: images.size, values: images.values.map { 2 * $0 - 1 })
    func outputs(_ model: DiffusionModel, _ images: Images) throws -> [Float] {
      try model.denoise(images, at: Timestep(300), threads: 1).noise.values
    }
    let (of, directly) = (try outputs(centred, images), try outputs(plain, moved))
    #expect(zip(of, directly).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try zip(of, outputs(plain, images)).contains { abs($0 - $1) > 1e-3 })
  }

  @Test(arguments: [true, false])
  func aScheduleRescaledToZeroSNRIsSavedAsTheOriginalToBeRescaled(hasShape: Bool) throws {
    let original =
      try hasShape
      ? NoiseSchedule(.quadratic, timesteps: 200)
      : NoiseSchedule(betas: (1...200).map { 1e-4 * Double($0) })
    let trainer = try Trainer(
      SmallTraining.network(), schedule: original.withZeroTerminalSNR(), prediction: .velocity,
      data: SmallTraining.images(1), SmallTraining.options())
    try withTemporaryFolder { folder in
      try trainer.snapshot().save(to: folder)
      let json = try [UInt8](file: folder + "/scheduler/scheduler_config.json")
      #expect(String(decoding: json, as: UTF8.self).contains("\"rescale_betas_zero_snr\": true"))
      let opened = try DiffusionModel(folder: folder)
      try opened.save(to: folder + "/again")
      let again = try DiffusionModel(folder: folder + "/again")
      #expect(again.schedule == opened.schedule && again.fingerprint == opened.fingerprint)
      #expect(opened.schedule.alphaBar(Timestep(200)) == 0)
      for t in opened.schedule.timesteps {
        let (exact, rounded) = (
          trainer.snapshot().schedule.alphaBar(t), opened.schedule.alphaBar(t)
        )
        #expect(abs(exact - rounded) <= 1e-6, "\(t)")
      }
      #expect(try samples(opened).values.allSatisfy { $0.isFinite && abs($0) <= 1 })
    }
  }

  @Test func noiseIsNotPredictedAtZeroSNR() throws {
    let schedule = try NoiseSchedule(.linear, timesteps: 200).withZeroTerminalSNR()
    let error = #expect(throws: ConfigurationError.self) {
      try Trainer(
        SmallTraining.network(), schedule: schedule, prediction: .noise,
        data: SmallTraining.images(1), SmallTraining.options())
    }
    #expect(error == .noisePredictionAtZeroSNR)
  }

  @Test func betasOfOnesOwnAreSavedToo() throws {
    let schedule = try NoiseSchedule(betas: (1...200).map { 1e-4 + 3e-4 * Double($0 % 7 + $0) })
    let trainer = try Trainer(
      SmallTraining.network(), schedule: schedule, prediction: .noise,
      data: SmallTraining.images(1), SmallTraining.options())
    try withTemporaryFolder { folder in
      try trainer.snapshot().save(to: folder)
      let opened = try DiffusionModel(folder: folder).schedule
      #expect(opened.timesteps.allSatisfy { opened.beta($0) == Double(Float(schedule.beta($0))) })
    }
  }

  @Test(arguments: UNetConfiguration.Preset.allCases)
  func theTensorsAreDiffusers(preset: UNetConfiguration.Preset) throws {
    let size = ImageSize(height: 28, width: 28, channels: 1)
    let configuration = UNetConfiguration(preset, imageSize: size)
    let trainer = try Trainer(
      configuration, schedule: NoiseSchedule(.linear, timesteps: 1000), prediction: .noise,
      data: SmallTraining.images(1, size), SmallTraining.options())
    let file = try Safetensors(bytes: trainer.snapshot().weights, path: "weights")
    let shapes = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) })
    #expect(shapes == configuration.parameterShapes)
    #expect(file.tensors.allSatisfy { $0.element == .float32 })
    let count = shapes.values.reduce(0) { $0 + $1.reduce(1, *) }
    #expect(trainer.snapshot().parameterCount == count)
  }

  // MARK: Refusals

  private typealias Entries = [Safetensors.Entry]
  private static let damages: [(part: String, change: @Sendable (inout Entries) -> Void)] = [
    (
      "the tensor \"conv_in.bias\" holds values that are infinite or not a number",
      {
        $0.replace(
          "conv_in.bias",
          .init("conv_in.bias", shape: [8], .floats([.nan] + [Float](repeating: 0, count: 7))))
      }
    ),
    ("lacks the tensor \"conv_out.bias\"", { $0.replace("conv_out.bias", nil) }),
    (
      "\"extra.weight\" has no place",
      { $0.append(.init("extra.weight", shape: [1], .floats([1]))) }
    ),
    (
      "\"conv_in.bias\" has shape [2, 4]; the configuration needs [8]",
      {
        $0.replace(
          "conv_in.bias",
          .init("conv_in.bias", shape: [2, 4], .floats([Float](repeating: 0, count: 8))))
      }
    ),
    (
      "\"conv_in.bias\" holds I64",
      {
        $0.replace(
          "conv_in.bias",
          .init("conv_in.bias", shape: [8], .integers([Int](repeating: 0, count: 8))))
      }
    ),
  ]

  @Test(arguments: damages.indices) func damagedWeightsAreRefusedByTheTensorsName(index: Int) throws
  {
    let (part, change) = Self.damages[index]
    try withSavedModel { folder in
      let path = "\(folder)/\(Self.weightsFile)"
      let file = try Safetensors(contentsOf: path)
      var entries = try file.tensors.map {
        Safetensors.Entry($0.name, shape: $0.shape, .floats(try file.floats($0.name)))
      }
      change(&entries)
      try Safetensors.encode(entries).save(to: path)
      try expectRefusal(folder, naming: path, part)
    }
  }

  private static let edits: [(part: String, file: String, old: String, new: String)] = [
    (
      "1 channels in and 3 out", "unet/config.json", "\"out_channels\": 1", "\"out_channels\": 3"
    ),
    (
      "1 channels in and 1 out", "scheduler/scheduler_config.json", "fixed_small", "learned_range"
    ),
    (
      "lacks the tensor \"class_embedding.weight\"", "unet/config.json",
      "\"num_class_embeds\": null", "\"num_class_embeds\": 10"
    ),
    (
      "no sample_size, so the images have no size", "unet/config.json",
      "\"sample_size\": 8", "\"sample_size\": null"
    ),
    (
      "multiples of 2, not 9 x 9", "unet/config.json", "\"sample_size\": 8", "\"sample_size\": 9"
    ),
    (
      "\"conv_in.weight\" has shape [8, 1, 3, 3]; the configuration needs [16, 1, 3, 3]",
      "unet/config.json", "8,\n    16\n", "16,\n    16\n"
    ),
    (
      "nothing is left of the image at timestep 388", "scheduler/scheduler_config.json",
      "\"beta_end\": 0.02", "\"beta_end\": 1.0"
    ),
  ]

  @Test(arguments: edits.indices) func settingsThatCannotBeHonouredAreRefused(index: Int) throws {
    let edit = Self.edits[index]
    try withSavedModel { folder in
      let path = "\(folder)/\(edit.file)"
      let text = String(decoding: try [UInt8](file: path), as: UTF8.self)
      try #require(text.contains(edit.old), "\(text)")
      try Array(text.replacing(edit.old, with: edit.new).utf8).save(to: path)
      try expectRefusal(folder, naming: folder, edit.part)
    }
  }

  @Test func pickledWeightsAreRefused() throws {
    try withSavedModel { folder in
      let pickle = folder + "/unet/diffusion_pytorch_model.bin"
      try FileManager.default.moveItem(atPath: "\(folder)/\(Self.weightsFile)", toPath: pickle)
      try expectRefusal(folder, naming: pickle, "safe_serialization=True")
    }
  }

  private func withSavedModel(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try SmallTraining.trainer().snapshot().save(to: folder)
      try body(folder)
    }
  }

  private func expectRefusal(_ folder: String, naming path: String, _ part: String) throws {
    let error = #expect(throws: FileError.self) { try DiffusionModel(folder: folder) }
    let line = try #require(error).description
    #expect(line.hasPrefix(path) && line.contains(part) && !line.contains("\n"), "\(line)")
    guard case .invalid? = error?.reason else {
      Issue.record("\(line)")
      return
    }
  }
}

extension [Safetensors.Entry] {
  /// Puts another entry, or none, in the place of the one of that name.
  fileprivate mutating func replace(_ name: String, _ entry: Safetensors.Entry?) {
    removeAll { $0.name == name }
    if let entry { append(entry) }
  }
}
