import Diffusion
import Testing

struct ByteImagesTests {
  @Test func bytesSurviveTheWayThroughFloats() {
    let size = ImageSize(height: 4, width: 32, channels: 1)
    let bytes = ByteImages(size: size, pixels: Array(0...255))
    let images = Images(bytes)
    #expect(images.count == 2 && images.values.first == -1 && images.values.last == 1)
    #expect(ByteImages(images) == bytes)
  }
}
