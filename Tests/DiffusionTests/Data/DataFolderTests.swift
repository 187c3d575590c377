import Diffusion
import Foundation
import TestSupport
import Testing

struct DataFolderTests {
  private static func images(_ count: Int, width: Int = 3) -> ByteImages {
    let size = ImageSize(height: 2, width: width, channels: 1)
    return ByteImages(size: size, pixels: (0..<count * size.values).map { UInt8($0) })
  }

  private static func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  private static func writePicture(_ images: ByteImages, _ index: Int, to path: String) throws {
    let size = images.size
    try PNG.write(
      Picture(
        width: size.width, height: size.height, channels: 1,
        pixels: images[index..<index + 1].pixels), to: path)
  }

  @Test(arguments: ["", "raw", "MNIST/raw", "FashionMNIST/raw"])
  func torchvisionsFoldersAreFoundFromEachOfThem(place: String) throws {
    try withTemporaryFolder { folder in
      try Self.makeFolder("\(folder)/\(place)")
      try IDX.write(Self.images(2), to: "\(folder)/\(place)/train-images-idx3-ubyte")
      try IDX.write(Self.images(1), to: "\(folder)/\(place)/t10k-images-idx3-ubyte.gz")
      let data = try DataFolder(folder)
      #expect(data.hasTestSplit)
      #expect(try data.load(.train).images.count == 2 && data.load(.test).images.count == 1)
    }
  }

  @Test func severalSetsBelowAFolderAreToldApartByTheUser() throws {
    try withTemporaryFolder { folder in
      for name in ["FashionMNIST", "MNIST"] {
        try Self.makeFolder("\(folder)/\(name)/raw")
        try IDX.write(Self.images(2), to: "\(folder)/\(name)/raw/train-images-idx3-ubyte")
      }
      let error = #expect(throws: FileError.self) { try DataFolder(folder) }
      #expect(
        error?.description.contains("several data sets: name one, such as \(folder)/FashionMNIST")
          == true)
    }
  }

  @Test func emnistsNamesAreFoundUnlessThereAreTwo() throws {
    try withTemporaryFolder { folder in
      func write(_ name: String, _ count: Int) throws {
        try IDX.write(Self.images(count), to: "\(folder)/emnist-\(name)-images-idx3-ubyte.gz")
      }
      try write("letters-train", 3)
      try write("letters-test", 2)
      #expect(try Dataset.load(folder: folder, split: .train).images.count == 3)
      #expect(try Dataset.load(folder: folder, split: .test).images.count == 2)
      try write("digits-train", 4)
      let error = #expect(throws: FileError.self) { try DataFolder(folder) }
      #expect(error?.description.contains("emnist-digits, emnist-letters") == true)
      // The usual names go before.
      try IDX.write(Self.images(5), to: folder + "/train-images-idx3-ubyte")
      try IDX.write(Self.images(1), to: folder + "/t10k-images-idx3-ubyte")
      #expect(try Dataset.load(folder: folder, split: .train).images.count == 5)
    }
  }

  @Test func subfoldersOfPicturesAreTheClassesInTheOrderOfTheirNames() throws {
    let images = Self.images(20)
    try withTemporaryFolder { folder in
      for index in 0..<20 {
        let name = ["zebra", "ant"][index % 2]
        try Self.makeFolder("\(folder)/\(name)")
        try Self.writePicture(images, index, to: "\(folder)/\(name)/\(100 + index).png")
      }
      try Self.makeFolder("\(folder)/empty")
      try [1].save(to: folder + "/ant/._100.png")
      let data = try DataFolder(folder)
      #expect(!data.hasTestSplit)
      let (train, test) = (try data.load(.train, seed: 1), try data.load(.test, seed: 1))
      #expect(train.classNames == ["ant", "zebra"] && test.classNames == ["ant", "zebra"])
      #expect(train.images.count == 18 && test.images.count == 2)
      for part in [train, test] {
        for (place, label) in (part.labels ?? []).enumerated() {
          let number = Int(part.images[place..<place + 1].pixels[0]) / images.size.values
          #expect(label == (number % 2 == 0 ? 1 : 0), "image \(number)")
        }
      }
    }
  }

  @Test func picturesInTwoFoldersNamedAsTheSplitsAreThese() throws {
    try withTemporaryFolder { folder in
      for (name, count) in [("train", 3), ("test", 2)] {
        try Self.makeFolder("\(folder)/\(name)/a")
        for index in 0..<count {
          try Self.writePicture(Self.images(3), index, to: "\(folder)/\(name)/a/\(index).png")
        }
      }
      let data = try DataFolder(folder)
      #expect(data.hasTestSplit)
      #expect(try data.load(.train).images == Self.images(3))
      #expect(try data.load(.test).images == Self.images(3)[0..<2])
      #expect(try data.load(.test).labels == [0, 0])
    }
  }

  /// A class has one number, whether the test pictures lack another one or not.
  @Test func testPicturesHaveTheNumbersOfTheTrainingClasses() throws {
    try withTemporaryFolder { folder in
      func write(_ place: String, _ index: Int) throws {
        try Self.makeFolder("\(folder)/\(place)")
        try Self.writePicture(Self.images(4), index, to: "\(folder)/\(place)/0.png")
      }
      for (index, name) in ["cat", "dog", "fox"].enumerated() { try write("train/\(name)", index) }
      for (index, name) in ["cat", "fox"].enumerated() { try write("test/\(name)", index) }
      let data = try DataFolder(folder)
      #expect(try data.load(.train).labels == [0, 1, 2] && data.load(.test).labels == [0, 2])
      #expect(try data.load(.test).classNames == ["cat", "dog", "fox"])
      let few = #expect(throws: FileError.self) { try data.load(.test, classes: 2) }
      #expect(few?.description.contains("has the label 2 (fox)") == true)
      // What is not learned has a number that the model does not know.
      try write("test/bat", 3)
      let more = try DataFolder(folder).load(.test)
      #expect(more.labels == [3, 0, 2] && more.classNames == ["cat", "dog", "fox", "bat"])
    }
  }

  /// A single folder that is named as the training split is no class.
  @Test(arguments: [["train/0.png", "train/1.png"], ["train/a/0.png", "train/b/0.png"]])
  func trainingPicturesAloneAreNoClassOfThatName(places: [String]) throws {
    try withTemporaryFolder { folder in
      for (index, place) in places.enumerated() {
        try Self.makeFolder(Path.parent(of: "\(folder)/\(place)"))
        try Self.writePicture(Self.images(2), index, to: "\(folder)/\(place)")
      }
      let data = try DataFolder(folder)
      #expect(!data.hasTestSplit)
      let names = try data.load(.train).classNames
      #expect(names == (places[0].contains("a/") ? ["a", "b"] : nil))
      // Beside others it may be one: pictures of trains.
      try Self.makeFolder("\(folder)/car")
      try Self.writePicture(Self.images(2), 0, to: "\(folder)/car/0.png")
      guard names == nil else { return }
      #expect(try DataFolder(folder).load(.train).classNames == ["car", "train"])
    }
  }

  /// Its grids and its plot of the losses are no data.
  @Test(arguments: ["run/training/lock", "run/model_index.json"])
  func aRunAmongPicturesIsNoClass(mark: String) throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b", "run"] {
        try Self.makeFolder("\(folder)/\(name)")
        try Self.writePicture(Self.images(1), 0, to: "\(folder)/\(name)/0.png")
      }
      try Self.makeFolder(Path.parent(of: "\(folder)/\(mark)"))
      try [0].save(to: "\(folder)/\(mark)")
      #expect(try DataFolder(folder).load(.train).classNames == ["a", "b"])
    }
  }

  @Test func picturesBesideFoldersOfPicturesAndOfTwoSizesAreRefused() throws {
    try withTemporaryFolder { folder in
      try Self.makeFolder(folder + "/a")
      try Self.writePicture(Self.images(1), 0, to: folder + "/a/0.png")
      try Self.writePicture(Self.images(1, width: 4), 0, to: folder + "/a/1.png")
      let sizes = #expect(throws: FileError.self) { try DataFolder(folder).load(.train) }
      #expect(sizes?.path == folder + "/a/1.png")
      #expect(sizes?.description.contains("is 2 x 4, and \(folder)/a/0.png is 2 x 3") == true)
      try Self.writePicture(Self.images(1), 0, to: folder + "/0.png")
      let mixture = #expect(throws: FileError.self) { try DataFolder(folder) }
      #expect(mixture?.description.contains("beside its sub-folder a") == true)
    }
  }

  /// Every image is in one part, the parts follow from the seed, and another seed has others.
  @Test func aTenthIsHeldOutWhereThereIsNoTestSplit() throws {
    let images = Self.images(40)
    try withTemporaryFolder { folder in
      try IDX.write(images, to: folder + "/train-images-idx3-ubyte")
      try ([0, 0, 8, 1, 0, 0, 0, 40] + (0..<40).map { UInt8($0) })
        .save(to: folder + "/train-labels-idx1-ubyte")
      func labels(_ split: Dataset.Split, _ seed: UInt64) throws -> [UInt8] {
        let part = try DataFolder(folder).load(split, seed: seed)
        for (place, label) in try #require(part.labels).enumerated() {
          #expect(part.images[place..<place + 1] == images[Int(label)..<Int(label) + 1])
        }
        return part.labels ?? []
      }
      let (train, test) = (try labels(.train, 3), try labels(.test, 3))
      #expect(test.count == 4 && train == train.sorted())
      #expect(Set(train + test) == Set(0..<40))
      #expect(try labels(.test, 3) == test)
      #expect(try labels(.test, 4) != test)
      // One image cannot be in both parts.
      try FileManager.default.removeItem(atPath: folder + "/train-labels-idx1-ubyte")
      try IDX.write(Self.images(1), to: folder + "/train-images-idx3-ubyte")
      let error = #expect(throws: FileError.self) { try DataFolder(folder).load(.train) }
      #expect(error?.description.contains("one image") == true)
    }
  }

  @Test func aTestSplitAloneIsNoTrainingSplit() throws {
    try withTemporaryFolder { folder in
      try IDX.write(Self.images(3), to: folder + "/t10k-images-idx3-ubyte")
      #expect(try Dataset.load(folder: folder, split: .test).images.count == 3)
      #expect(throws: FileError(path: folder + "/train-images-idx3-ubyte", .missing)) {
        try Dataset.load(folder: folder, split: .train)
      }
    }
  }

  @Test func transposedTwiceIsTheSame() {
    let size = ImageSize(height: 2, width: 3, channels: 2)
    let images = ByteImages(size: size, pixels: (0..<24).map { UInt8($0) })
    let turned = images.transposed
    #expect(turned.size == ImageSize(height: 3, width: 2, channels: 2))
    // Row 2, column 1 of image 1 was row 1, column 2.
    #expect(turned.pixels[12 + 10] == images.pixels[12 + (1 * 3 + 2) * 2])
    #expect(turned.transposed == images)
  }
}
