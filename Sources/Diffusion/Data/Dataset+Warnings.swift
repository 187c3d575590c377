// What a look at a data set finds that a training would not: images that are not what they should be.

extension Dataset {
  /// The most classes that a warning lists.
  private static let listedClasses = 8

  /// What is odd about the set, a sentence each; none where nothing is.
  ///
  /// - Parameter classes: how many classes are learned; nil for none.
  package func warnings(classes: Int?) -> [String] {
    var warnings: [String] = []
    if let first = images.pixels.first {
      if images.pixels.allSatisfy({ $0 == first }) {
        warnings.append("every pixel of every image is \(first): there is nothing to learn")
      } else if images.pixels.allSatisfy({ $0 <= 1 }) {
        warnings.append(
          "no pixel is above 1 of 255, so every image is black: were numbers from 0 to 1 saved as"
            + " bytes? Multiply by 255 first")
      } else if images.count > 1, images.areAllEqual {
        warnings.append("every image is the same: there is one to learn")
      }
    }
    if let classes {
      let unseen = unseenClasses(of: classes)
      if !unseen.isEmpty {
        let listed = unseen.prefix(Dataset.listedClasses).map(String.init).joined(separator: ", ")
        let more = unseen.count > Dataset.listedClasses ? ", ..." : ""
        warnings.append(
          "of the classes 0 to \(classes - 1), \(unseen.count) have no image and will not be"
            + " learned: \(listed)\(more)")
      }
    }
    return warnings
  }

  /// The classes below a number that no image has; none without labels.
  package func unseenClasses(of classes: Int) -> [Int] {
    guard let labels else { return [] }
    let seen = Set(labels.map(Int.init))
    return (0..<classes).filter { !seen.contains($0) }
  }
}

extension ByteImages {
  /// Whether each is the first one again.
  fileprivate var areAllEqual: Bool {
    pixels.dropFirst(size.values).elementsEqual(pixels.dropLast(size.values))
  }
}
