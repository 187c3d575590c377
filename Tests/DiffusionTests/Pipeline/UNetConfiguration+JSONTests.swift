// A U-Net's configuration goes to diffusers' file and back; what is not supported is refused.

import Diffusion
import Foundation
import TestSupport
import Testing

@Suite struct UNetConfigurationJSONTests {
  private static let models = [
    "unet/attn14/model", "unet/class10/model", "unet/options/model", "pipeline/uncond/unet",
    "optim/model_after",
  ]

  @Test(.needsFixtures, arguments: models)
  func everyKeyOfAModelIsWrittenAsItWasRead(folder: String) throws {
    let url = try Fixtures.url("\(folder)/config.json")
    var fields = try ConfigurationFields(contentsOf: url.path())
    let configuration = try UNetConfiguration(&fields)
    #expect(fields.ignoredKeys == [])
    let original = try JSON.parse(Data(contentsOf: url))
    #expect(withoutVersion(configuration.json.sorted) == withoutVersion(original))
  }

  @Test(.needsFixtures, arguments: models)
  func theConfigurationDescribesTheModelsTensors(folder: String) throws {
    let url = try Fixtures.url(folder)
    var fields = try ConfigurationFields(contentsOf: url.appending(path: "config.json").path())
    let shapes = try UNetConfiguration(&fields).parameterShapes
    let weights = try Safetensors(
      contentsOf: url.appending(path: "diffusion_pytorch_model.safetensors").path())
    #expect(shapes == Dictionary(uniqueKeysWithValues: weights.tensors.map { ($0.name, $0.shape) }))
  }

  @Test func absentKeysHaveTheDefaultsOfDiffusers() throws {
    var fields = try ConfigurationFields(Array("{}".utf8), path: "config.json")
    let expected = UNetConfiguration(
      resolution: nil, inChannels: 3, outChannels: 3, channels: [224, 448, 672, 896],
      downBlocks: [.plain, .attention, .attention, .attention],
      upBlocks: [.attention, .attention, .attention, .plain])
    #expect(try UNetConfiguration(&fields) == expected)
  }

  @Test(arguments: [
    (#"{"mid_block_type":null}"#, UNetConfiguration.Middle.none),
    (#"{"mid_block_type":null,"add_attention":false}"#, .none),
    (#"{"add_attention":false}"#, .residual),
    ("{}", .attention),
  ])
  func theMiddleIsReadAndWritten(text: String, middle: UNetConfiguration.Middle) throws {
    let configuration = try unet(text)
    #expect(configuration.middle == middle)
    #expect(try unet(configuration.json.text(.compact)) == configuration)
  }

  @Test(arguments: [true, false]) func aCentredInputIsReadAndWritten(isCentred: Bool) throws {
    let configuration = try unet(#"{"center_input_sample":\#(isCentred)}"#)
    #expect(configuration.centersInput == isCentred)
    #expect(try unet(configuration.json.text(.compact)) == configuration)
  }

  @Test func classesWithoutAnImageAreKept() throws {
    let size = ImageSize(height: 28, width: 28, channels: 1)
    var network = UNetConfiguration(.tiny, imageSize: size, classes: 10)
    network.unseenClasses = [3, 7]
    let text = network.json.text(.compact)
    #expect(text.contains(#""_ddpm_unseen_classes":[3,7]"#))
    #expect(try unet(text) == network && unet(text).seenClasses == [0, 1, 2, 4, 5, 6, 8, 9])
  }

  @Test func theNullClassIsANoteThatDiffusersPassesOver() throws {
    let size = ImageSize(height: 28, width: 28, channels: 1)
    let guided = UNetConfiguration(.tiny, imageSize: size, classes: 10)
    let text = guided.json.text(.compact)
    #expect(text.contains(#""num_class_embeds":11"#) && text.contains(#""_ddpm_null_class":10"#))
    #expect(try unet(text) == guided)
    #expect(!UNetConfiguration(.tiny, imageSize: size).json.text(.compact).contains("_ddpm"))
  }

  @Test func anExplicitNullIsNotADefault() throws {
    #expect(try unet(#"{"attention_head_dim":null}"#).headChannels == nil)
    #expect(try unet("{}").headChannels == 8)
  }

  @Test func unknownKeysAreReportedAndNotesOfOthersAreNot() throws {
    var fields = try ConfigurationFields(
      Array(#"{"new_key":1,"_note":2,"another":[]}"#.utf8), path: "config.json")
    _ = try UNetConfiguration(&fields)
    #expect(fields.ignoredKeys == ["another", "new_key"])
  }

  @Test(arguments: [
    (#"{"_class_name":"UNet2DConditionModel"}"#, "_class_name is \"UNet2DConditionModel\""),
    (#"{"time_embedding_type":"fourier"}"#, "time_embedding_type is \"fourier\""),
    (#"{"act_fn":"mish"}"#, "act_fn is \"mish\""),
    (#"{"class_embed_type":"timestep"}"#, "class_embed_type is \"timestep\""),
    (#"{"downsample_type":"resnet"}"#, "downsample_type is \"resnet\""),
    (#"{"upsample_type":"resnet"}"#, "upsample_type is \"resnet\""),
    (#"{"downsample_padding":2}"#, "downsample_padding is 2"),
    (#"{"mid_block_type":"Other"}"#, "mid_block_type is \"Other\""),
    (#"{"resnet_time_scale_shift":"ada_group"}"#, "resnet_time_scale_shift is \"ada_group\""),
    (
      #"{"down_block_types":["DownBlock2D","SkipDownBlock2D"]}"#,
      "down_block_types contains \"SkipDownBlock2D\"; supported are DownBlock2D, AttnDownBlock2D"
    ),
    (#"{"up_block_types":["DownBlock2D"]}"#, "up_block_types contains \"DownBlock2D\""),
    (#"{"in_channels":1.0}"#, "in_channels must be an integer, not a number with a fraction"),
    (#"{"in_channels":null}"#, "in_channels must be an integer, not null"),
    (#"{"norm_eps":"small"}"#, "norm_eps must be a number, not a string"),
    (#"{"flip_sin_to_cos":1}"#, "flip_sin_to_cos must be true or false, not an integer"),
    (#"{"sample_size":[28]}"#, "sample_size must be one integer, two integers or null"),
    (#"{"sample_size":"28"}"#, "sample_size must be"),
    (#"{"sample_size":28}"#, "pad the images to 32 x 32"),
    (#"{"block_out_channels":[8,"8"]}"#, "block_out_channels contains \"8\""),
    (#"{"block_out_channels":8}"#, "block_out_channels must be a list"),
    (#"{"norm_num_groups":33}"#, "cannot be divided into 33"),
    (#"{"in_channels":1,"in_channels":1}"#, "stands twice"),
    ("[]", "is not a JSON object"),
    ("", "is not valid JSON: line 1, column 1"),
  ])
  func whatIsNotSupportedIsNamed(text: String, reason: String) {
    let error = #expect(throws: FileError.self) { try unet(text) }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  @Test func resampleTypesOfPlainBlocksDoNotMatter() throws {
    let configuration = try unet(
      #"{"downsample_type":"resnet","down_block_types":["DownBlock2D"],"#
        + #""up_block_types":["UpBlock2D"],"block_out_channels":[32]}"#)
    #expect(configuration.channels == [32])
  }

  private func unet(_ text: String) throws -> UNetConfiguration {
    var fields = try ConfigurationFields(Array(text.utf8), path: "config.json")
    return try UNetConfiguration(&fields)
  }
}

/// The version of diffusers is the writer's, not the model's.
func withoutVersion(_ json: JSON) -> JSON {
  guard case .object(let members) = json else { return json }
  return .object(members.filter { $0.key != "_diffusers_version" })
}
