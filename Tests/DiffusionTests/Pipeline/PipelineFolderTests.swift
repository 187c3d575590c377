// A diffusers pipeline is opened, written back the same, and refused with a reason when incomplete.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct PipelineFolderTests {
  @Test(.needsFixtures) func aPipelineIsWrittenAsItWasRead() throws {
    let url = try Fixtures.url("pipeline/uncond")
    let pipeline = try PipelineFolder(at: url.path())
    #expect(pipeline.ignoredKeys == [])
    let files = PipelineFolder.files(
      unet: pipeline.unet, scheduler: pipeline.scheduler,
      weights: try entries(of: pipeline.weights))
    #expect(
      files.map(\.path) == [
        "unet/diffusion_pytorch_model.safetensors", "unet/config.json",
        "scheduler/scheduler_config.json", "model_index.json",
      ])
    for file in files {
      let original = [UInt8](try Data(contentsOf: url.appending(path: file.path)))
      if file.path.hasSuffix(".json") {
        // The same text but for the line that says which version wrote it.
        #expect(lines(file.bytes) == lines(original), "\(file.path)")
      } else {
        #expect(file.bytes == original)
      }
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let pipeline = try withFolder(model()) { try PipelineFolder(at: $0) }
    #expect(pipeline.unet == unet)
    #expect(pipeline.scheduler == scheduler)
    #expect(try pipeline.weights.floats("conv_in.bias") == [1, 2])
  }

  @Test func filesSideBySideAreReadToo() throws {
    let flat = model().mapKeys { $0.split(separator: "/").last.map(String.init) ?? $0 }
    let pipeline = try withFolder(flat) { try PipelineFolder(at: $0) }
    #expect(pipeline.unet == unet)
  }

  /// diffusers' variants: what is whole counts before what is half.
  @Test func weightsInHalfPrecisionAreReadWhereThereAreNoOthers() throws {
    var files = model()
    let header = Array(
      #"{"conv_in.bias":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#.utf8)
    // 5 is 0x4500.
    files["unet/diffusion_pytorch_model.fp16.safetensors"] =
      [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + [0x00, 0x45]
    #expect(
      try withFolder(files) { try PipelineFolder(at: $0) }.weights.floats("conv_in.bias") == [1, 2])
    files["unet/diffusion_pytorch_model.safetensors"] = nil
    #expect(
      try withFolder(files) { try PipelineFolder(at: $0) }.weights.floats("conv_in.bias") == [5])
  }

  @Test func formerNamesOfAttentionAreRenamed() throws {
    let names = ["query.weight", "key.bias", "value.weight", "proj_attn.bias", "group_norm.bias"]
    var files = model()
    files["unet/diffusion_pytorch_model.safetensors"] = Safetensors.encode(
      (names.map { "mid_block.attentions.0." + $0 } + ["key.weight"]).map {
        Safetensors.Entry($0, shape: [1], .floats([1]))
      })
    let pipeline = try withFolder(files) { try PipelineFolder(at: $0) }
    #expect(
      Set(pipeline.weights.tensors.map(\.name)) == [
        "mid_block.attentions.0.to_q.weight", "mid_block.attentions.0.to_k.bias",
        "mid_block.attentions.0.to_v.weight", "mid_block.attentions.0.to_out.0.bias",
        "mid_block.attentions.0.group_norm.bias", "key.weight",
      ])
  }

  @Test func ignoredKeysOfBothConfigurationsAreListed() throws {
    var files = model()
    files["unet/config.json"] = replacing("{", with: "{\"new\": 1,", in: files["unet/config.json"])
    files["scheduler/scheduler_config.json"] = replacing(
      "{", with: "{\"other\": 1,", in: files["scheduler/scheduler_config.json"])
    let pipeline = try withFolder(files) { try PipelineFolder(at: $0) }
    #expect(pipeline.ignoredKeys == ["new", "other"])
  }

  @Test(arguments: [
    ("scheduler/scheduler_config.json", nil, "holds a network but no scheduler"),
    ("unet/config.json", nil, "is not a model's folder"),
    ("unet/diffusion_pytorch_model.safetensors", nil, "model.safetensors: no such file"),
    (
      "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.bin",
      "pickled weights can run code"
    ),
    (
      "unet/diffusion_pytorch_model.safetensors",
      "unet/diffusion_pytorch_model.safetensors.index.json", "split over several files"
    ),
  ])
  func whatIsMissingIsSaid(removed: String, replacement: String?, reason: String) throws {
    var files = model()
    files[removed] = nil
    if let replacement { files[replacement] = [0] }
    try withFolder(files) { folder in
      let error = #expect(throws: FileError.self) { try PipelineFolder(at: folder) }
      #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func aNetworksFolderAloneLacksItsScheduler() throws {
    try withFolder(model()) { folder in
      let error = #expect(throws: FileError.self) { try PipelineFolder(at: folder + "/unet") }
      #expect(error?.description.contains("but no scheduler") == true)
    }
  }

  @Test func otherPipelinesAreRefusedByName() throws {
    var files = model()
    files["model_index.json"] = replacing("DDIMP", with: "LDMP", in: files["model_index.json"])
    try withFolder(files) { folder in
      let error = #expect(throws: FileError.self) { try PipelineFolder(at: folder) }
      #expect(error?.description.contains("_class_name is \"LDMPipeline\"") == true)
    }
  }

  @Test func noFolderIsMissing() {
    #expect(throws: FileError(path: "/nowhere", .missing)) { try PipelineFolder(at: "/nowhere") }
  }

  // MARK: A model of two tensors; the network's own tensors are the loader's concern

  private let unet = UNetConfiguration(
    .tiny, imageSize: ImageSize(height: 28, width: 20, channels: 1), classes: 10)
  private let scheduler = SchedulerConfiguration(
    family: .ddim(setsAlphaToOne: false), prediction: .velocity)

  private func model() -> [String: [UInt8]] {
    let weights = [
      Safetensors.Entry("conv_in.bias", shape: [2], .floats([1, 2])),
      Safetensors.Entry("conv_out.bias", shape: [1], .floats([3])),
    ]
    let files = PipelineFolder.files(unet: unet, scheduler: scheduler, weights: weights)
    return Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })
  }

  private func entries(of file: Safetensors) throws -> [Safetensors.Entry] {
    try file.tensors.map {
      Safetensors.Entry($0.name, shape: $0.shape, .floats(try file.floats($0.name)))
    }
  }

  private func lines(_ bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("_diffusers_version") }
  }

  private func replacing(_ old: String, with new: String, in bytes: [UInt8]?) -> [UInt8] {
    Array(
      String(decoding: bytes ?? [], as: UTF8.self).replacing(old, with: new, maxReplacements: 1)
        .utf8)
  }

  private func withFolder<Result>(
    _ files: [String: [UInt8]], _ body: (String) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { folder in
      for (path, bytes) in files {
        let file = URL(filePath: folder).appending(path: path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try bytes.save(to: file.path())
      }
      return try body(folder)
    }
  }
}

extension Dictionary {
  fileprivate func mapKeys<NewKey: Hashable>(_ transform: (Key) -> NewKey) -> [NewKey: Value] {
    Dictionary<NewKey, Value>(uniqueKeysWithValues: map { (transform($0.key), $0.value) })
  }
}
