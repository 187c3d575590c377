import Diffusion
import Foundation
import TestSupport
import Testing

struct IDXImagesTests {
  /// A line of the manifest of odd and hostile files.
  private struct Entry: Decodable {
    let file: String
    let `as`: String
    let expect: String
    let dims: [Int]?
    let payloadSha256: String?
  }

  private static func entries(accepted: Bool) throws -> [Entry] {
    let data = try Data(contentsOf: Fixtures.url("idx/manifest.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([Entry].self, from: data).filter {
      ($0.expect != "reject") == accepted
    }
  }

  private static func path(_ entry: Entry) throws -> String {
    try Fixtures.url("idx/" + entry.file).path
  }

  /// Reads what a fixture is meant to be: labels are those of ten classes.
  private static func read(_ entry: Entry) throws -> (dims: [Int], bytes: [UInt8]) {
    if entry.as == "images" {
      let images = try IDX.images(at: path(entry))
      return ([images.count, images.size.height, images.size.width], images.pixels)
    }
    let labels = try IDX.labels(at: path(entry), classes: 10)
    return ([labels.count], labels)
  }

  @Test(.needsFixtures) func everyGoodFileIsRead() throws {
    let entries = try Self.entries(accepted: true)
    #expect(entries.count == 17)
    for entry in entries {
      let content = try Self.read(entry)
      // The one file without a recorded verdict is this one, padded with zeros.
      let expected = try entry.dims == nil ? #require(entries.first) : entry
      #expect(content.dims == expected.dims, "\(entry.file)")
      #expect(SHA256.hex(content.bytes) == expected.payloadSha256, "\(entry.file)")
    }
  }

  @Test(.needsFixtures) func everyBadFileIsRefusedWithAReason() throws {
    let entries = try Self.entries(accepted: false)
    #expect(entries.count == 56)
    // A count that fits nothing but the images beside it is the data set's matter.
    for entry in entries where !entry.as.hasPrefix("labels-for") {
      let path = try Self.path(entry)
      let error = #expect(throws: FileError.self, "\(entry.file)") { try Self.read(entry) }
      guard case .invalid(let why) = error?.reason else {
        Issue.record("\(entry.file): \(String(describing: error))")
        continue
      }
      #expect(error?.path == path && !why.isEmpty && !why.contains("\n"))
    }
  }

  @Test(
    .needsFixtures,
    arguments: [
      ("bad-empty.idx3", "is empty"),
      ("bad-trunc-header-03.idx3", "ends inside its header"),
      ("bad-trunc-header-15.idx3", "ends inside its header"),
      ("bad-trunc-body-800.idx3", "promises 3 x 28 x 28 bytes of images, it holds 784"),
      ("bad-trailing-1.idx3", "it holds 2353"),
      ("bad-dims-huge-0.idx3", "it holds 32;"),
      ("bad-dims-zero-0.idx3", "holds no images"),
      ("bad-magic-first-bytes.idx3", "is not an IDX file"),
      ("bad-little-endian.idx3", "reverse order"),
      ("bad-type-0d.idx3", "type 0xd"),
      ("bad-rank-2.idx3", "has 2 dimensions"),
      ("bad-rank-4.idx3", "have 2 channels"),
      ("bad-swapped-labels-as-images.idx1", "holds labels"),
      ("bad-gz-trunc-2387.idx3.gz", "cut off"),
      ("bad-gz-crc.idx3.gz", "damaged (incorrect data check)"),
      ("bad-gz-isize.idx3.gz", "damaged (incorrect length check)"),
      ("bad-gz-reserved-flags.idx3.gz", "damaged (unknown header flags set)"),
      ("bad-gz-trailing-garbage.idx3.gz", "something else after its gzip data"),
      ("bad-gz-bomb.idx3.gz", "it holds more"),
      ("bad-not-idx-png.idx3", "a PNG image"),
      ("bad-not-idx-zip.idx3", "a zip archive"),
      ("bad-not-idx-html.idx3", "a web page"),
      ("bad-git-lfs-pointer.idx3", "a git-lfs pointer"),
    ])
  func theReasonNamesTheFault(file: String, part: String) throws {
    let path = try Fixtures.url("idx/" + file).path
    let error = #expect(throws: FileError.self) { try IDX.images(at: path) }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test(
    .needsFixtures,
    arguments: [
      ("bad-label-value.idx1", "label 1 is 10, but the classes are 0 to 9"),
      ("bad-label-count-4.idx1", "promises 4 bytes of labels, it holds 3"),
      ("bad-swapped-images-as-labels.idx3", "holds images where labels are needed"),
    ])
  func theReasonNamesTheFaultOfLabels(file: String, part: String) throws {
    let path = try Fixtures.url("idx/" + file).path
    let error = #expect(throws: FileError.self) { try IDX.labels(at: path, classes: 10) }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test(arguments: [1, 3], ["a.idx", "a.idx.gz"])
  func whatIsWrittenIsReadBack(channels: Int, name: String) throws {
    let size = ImageSize(height: 5, width: 7, channels: channels)
    let pixels = (0..<3 * size.values).map { UInt8(truncatingIfNeeded: $0 * 89) }
    try withTemporaryFolder { folder in
      let path = folder + "/" + name
      try IDX.write(ByteImages(size: size, pixels: pixels), to: path)
      #expect(try IDX.images(at: path) == ByteImages(size: size, pixels: pixels))
      let opening: [UInt8] =
        name.hasSuffix("gz") ? [0x1f, 0x8b] : [0, 0, 8, channels == 1 ? 3 : 4]
      #expect(try [UInt8](file: path).starts(with: opening))
    }
  }
}
