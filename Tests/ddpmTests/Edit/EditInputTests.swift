// What `ddpm edit` makes of inputs that are nearly right, and what its pictures say.

import Diffusion
import Foundation
import Testing

@Suite struct EditInputTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    _ = try workspace.makeData(classes: 3)
  }

  private func edit(_ more: String..., out: String = "a.png") throws -> BuiltTool.Result {
    try BuiltTool.run(
      ["edit", "--model", workspace.path("model"), "--data", workspace.path("data")]
        + ["--out", workspace.path(out)] + more)
  }

  private func texts() throws -> [String: String] {
    try PNGChunks(workspace.bytes("a.png")).texts
  }

  @Test func aPictureSaysHowItWasDrawn() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    let few = ["--count", "2", "--steps", "3"]
    #expect(try edit(few[0], few[1], few[2], few[3], "--guidance", "1").code == 0)
    let texts = try texts()
    #expect(texts["sampler"] == "ddim2" && texts["eta"] == "0" && texts["steps"] == "3")
    #expect(texts["class"] == "0,1" && texts["guidance"] == "1" && texts["seed"] == "0")
    #expect(try edit(few[0], few[1], few[2], few[3], "--mask", "left").code == 0)
    #expect(try self.texts()["sampler"] == "RePaint" && self.texts()["eta"] == nil)
    #expect(try edit(few[0], few[1], few[2], few[3], "--upscale", "2").code == 0)
    #expect(try self.texts()["sampler"] == "DDNM")
    #expect(try edit(few[0], few[1], "--strength", "0.5", "--towards", "2").code == 0)
    #expect(try self.texts()["class"] == "2")
  }

  /// Written latents have their labels beside them, as what is read may have.
  @Test func labelsOfWhatIsReadStay() throws {
    _ = try workspace.makeModel(classes: 3, prediction: .velocity)
    let test = try Dataset.load(folder: workspace.path("data"), split: .test)
    try IDX.write(test.images, to: workspace.path("own.idx"))
    try ([0, 0, 8, 1, 0, 0, 0, 6] as [UInt8] + [0, 1, 2, 0, 1, 2])
      .save(to: workspace.path("own-labels.idx"))
    let labels = try workspace.bytes("own-labels.idx")
    try edit(
      "--from", workspace.path("own.idx"), "--pick", "3,4", "--latents", workspace.path("own.npy")
    ).expectRefusal(64, "--latents would replace", "own-labels.idx")
    try Images(test.images).npy.save(to: workspace.path("own.npy"))
    try workspace.sample(["--noise", workspace.path("own.npy"), "--out", workspace.path("own.idx")])
      .expectRefusal(64, "--out would replace", "own-labels.idx")
    #expect(try workspace.bytes("own-labels.idx") == labels)
  }

  @Test func stepsAreNoMoreThanAModelHas() throws {
    _ = try workspace.makeModel(timesteps: 30, prediction: .velocity)
    #expect(try edit("--count", "1").code == 0)
    #expect(try texts()["steps"] == "30")
    try edit("--count", "1", "--steps", "31").expectRefusal(64, "take 1 to 30")
    try edit("--count", "1", "--mask", "left", "--jump", "30").expectRefusal(64, "--jump 30")
  }

  /// Several images, or floats, would have to be told which one hides.
  @Test func aMaskIsAPNG() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    let images = Images(
      size: Workspace.size, values: [Float](repeating: 1, count: 2 * Workspace.size.values))
    try images.npy.save(to: workspace.path("two.npy"))
    try IDX.write(ByteImages(images), to: workspace.path("two.idx"))
    for name in ["two.npy", "two.idx"] {
      try edit("--count", "2", "--mask", workspace.path(name)).expectRefusal(65, name, "PNG")
    }
  }

  @Test func aClassOfImagesWithoutLabelsIsRefused() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    for split in ["train", "t10k"] { try workspace.remove("data/\(split)-labels-idx1-ubyte") }
    for number in ["1", "300"] {
      try edit("--class", number).expectRefusal(65, "no labels to find class \(number) by")
    }
  }

  @Test func defaultsGoWithWhatIsAskedFor() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    // A sheet has four corners, and of one step nothing can be walked again.
    #expect(try edit("--interpolate", "3", "--grid", "--steps", "2").code == 0)
    #expect(try edit("--mask", "right", "--steps", "1").code == 0)
    try edit("--mask", "right", "--steps", "1", "--resample", "2").expectRefusal(64, "--resample 1")
  }

  @Test func aFileIsNotTransposed() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    try IDX.write(
      Dataset.load(folder: workspace.path("data"), split: .test).images,
      to: workspace.path("own.idx"))
    try edit("--from", workspace.path("own.idx"), "--transpose")
      .expectRefusal(64, "--transpose turns the images of --data")
  }

  @Test func anArrayIsPreviewedToo() throws {
    _ = try workspace.makeModel(prediction: .velocity)
    let result = try edit("--count", "2", "--steps", "2", "--preview", out: "a.npy")
    #expect(result.code == 0)
    // Eight rows of pixels, in characters of two.
    #expect(result.messages.split(separator: "\n").count > 4, "\(result.messages)")
  }
}
