import Diffusion
import Foundation
import TestSupport
import Testing

struct DatasetTests {
  private static func images(_ count: Int, channels: Int = 1, width: Int = 3) -> ByteImages {
    let size = ImageSize(height: 2, width: width, channels: channels)
    return ByteImages(size: size, pixels: (0..<count * size.values).map { UInt8($0) })
  }

  private static func save(labels: [UInt8], to path: String) throws {
    try ([0, 0, 8, 1, 0, 0, 0, UInt8(labels.count)] + labels).save(to: path)
  }

  @Test(arguments: [
    "images-idx3-ubyte", "images.idx3-ubyte", "images-idx3-ubyte.gz", "images.idx3-ubyte.gz",
    "images-idx4-ubyte", "images.idx4-ubyte.gz",
  ])
  func everyUsualNameIsFound(name: String) throws {
    let images = Self.images(2, channels: name.contains("idx4") ? 3 : 1)
    try withTemporaryFolder { folder in
      for stem in ["train", "t10k"] { try IDX.write(images, to: "\(folder)/\(stem)-\(name)") }
      for split in Dataset.Split.allCases {
        let dataset = try Dataset.load(folder: folder, split: split)
        #expect(dataset.images == images && dataset.labels == nil && dataset.name == folder)
      }
    }
  }

  @Test(arguments: ["labels-idx1-ubyte", "labels.idx1-ubyte"])
  func labelsComeWithTheirImages(name: String) throws {
    try withTemporaryFolder { folder in
      try IDX.write(Self.images(3), to: folder + "/t10k-images-idx3-ubyte")
      try Self.save(labels: [7, 8, 9], to: "\(folder)/t10k-\(name)")
      #expect(try Dataset.load(folder: folder + "/", split: .test).labels == [7, 8, 9])
      #expect(throws: FileError.self) {
        try Dataset.load(folder: folder, split: .test, classes: 9)
      }
    }
  }

  @Test func theClassesAreCountedFromTheLabels() throws {
    func dataset(_ labels: [UInt8]?) -> Dataset {
      Dataset(images: Self.images(3), labels: labels, name: "set")
    }
    #expect(try dataset([0, 2, 1]).classCount() == 3)
    #expect(try dataset([255, 0, 0]).classCount() == 256)
    #expect(throws: Never.self) { try dataset([0, 2, 1]).checkLabels(below: 3) }
    for (part, check) in [
      ("set: has no labels", { _ = try dataset(nil).classCount() }),
      ("train-labels-idx1-ubyte", { try dataset(nil).checkLabels(below: 10) }),
      (
        "set: has the label 2, and the model's 2 classes",
        {
          try dataset([0, 2, 3]).checkLabels(below: 2)
        }
      ),
    ] as [(String, () throws -> Void)] {
      let error = #expect(throws: FileError.self) { try check() }
      #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }
  }

  @Test func anotherNumberOfLabelsThanImagesIsRefused() throws {
    try withTemporaryFolder { folder in
      try IDX.write(Self.images(3), to: folder + "/train-images-idx3-ubyte")
      try Self.save(labels: [7, 8], to: folder + "/train-labels-idx1-ubyte")
      let error = #expect(throws: FileError.self) {
        try Dataset.load(folder: folder, split: .train)
      }
      #expect(error?.path == folder + "/train-labels-idx1-ubyte")
      #expect(error?.description.contains("2 labels for the 3 images") == true)
    }
  }

  @Test(.needsFixtures) func labelsOfOtherImagesAreRefused() throws {
    let images = try Fixtures.url("idx/ok-3x28x28.idx3").path
    let labels = try Fixtures.url("idx/bad-label-pair-mismatch.idx1").path
    try withTemporaryFolder { folder in
      let files = FileManager.default
      try files.copyItem(atPath: images, toPath: folder + "/train-images-idx3-ubyte")
      try files.copyItem(atPath: labels, toPath: folder + "/train-labels-idx1-ubyte")
      let error = #expect(throws: FileError.self) {
        try Dataset.load(folder: folder, split: .train)
      }
      #expect(error?.description.contains("2 labels for the 3 images") == true)
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    try withTemporaryFolder { folder in
      #expect(throws: FileError(path: folder + "/no", .missing)) {
        try Dataset.load(folder: folder + "/no", split: .train)
      }
      let error = #expect(throws: FileError.self) {
        try Dataset.load(folder: folder, split: .train)
      }
      #expect(error?.path == folder)
      for name in ["train-images-idx3-ubyte", "emnist-NAME", "MNIST/raw", "PNG"] {
        #expect(error?.description.contains(name) == true)
      }
      try [1].save(to: folder + "/file")
      let file = #expect(throws: FileError.self) {
        try Dataset.load(folder: folder + "/file", split: .train)
      }
      #expect(file?.description.contains("name the folder") == true)
    }
  }

  @Test func splitsOfDifferentSizesDoNotMatch() throws {
    let narrow = Dataset(images: Self.images(1), labels: nil, name: "narrow")
    let wide = Dataset(images: Self.images(1, width: 4), labels: nil, name: "wide")
    try narrow.checkSize(matches: narrow)
    let error = #expect(throws: FileError.self) { try wide.checkSize(matches: narrow) }
    #expect(
      error?.description
        == "wide: its images are 2 x 4, those of the other split 2 x 3")
  }

  @Test(.needsMNIST, arguments: [(Dataset.Split.train, 60_000), (.test, 10_000)])
  func mnistHasItsImagesAndLabels(split: Dataset.Split, count: Int) throws {
    let folder = try #require(MNIST.folder).path
    let mnist = try Dataset.load(folder: folder, split: split, classes: 10)
    #expect(mnist.images.count == count && mnist.labels?.count == count)
    #expect(mnist.images.size == ImageSize(height: 28, width: 28, channels: 1))
    #expect(mnist.labels?.prefix(5) == (split == .train ? [5, 0, 4, 1, 9] : [7, 2, 1, 0, 4]))
  }
}
