// The words a command line chooses among, where the library has no type for them.

import Diffusion

/// Where images come from.
package enum DataChoice: Equatable, Sendable {
  /// A folder of IDX or PNG files.
  case folder(String)
  /// The digits the program draws.
  case synthetic
}

extension ValueFormat where Value == Eta {
  package static var eta: Self {
    let number = ValueFormat<Double>.number(0...1)
    return Self(number.expectation) { text in
      number.read(text).map(Eta.value)
    } write: { eta in
      if case .value(let value) = eta { number.write(value) } else { "" }
    }.or("hat", means: .hat)
  }
}

extension ValueFormat where Value == ClassChoice {
  package static var classChoice: Self {
    let number = ValueFormat<Int>.integer(0...UNetConfiguration.Limit.classes.upperBound - 1)
    return Self(number.expectation) { text in
      number.read(text).map(ClassChoice.one)
    } write: { choice in
      switch choice {
      case .one(let value): number.write(value)
      case .each(let values): values.map(number.write).joined(separator: ",")
      case .all: ""
      }
    }.or("all", means: .all)
  }
}

extension ValueFormat where Value == DataChoice {
  package static var data: Self {
    let folder = ValueFormat<String>.folder
    return Self("a folder's path", path: folder.path) { text in
      folder.read(text).map(DataChoice.folder)
    } write: { data in
      if case .folder(let folder) = data { folder } else { "" }
    }.or("synthetic", means: .synthetic)
  }
}

extension ValueFormat where Value == [Int] {
  /// Levels of the U-Net, the first is 1; no attention is no level.
  package static var levels: Self {
    distinctList(of: .integer(UNetConfiguration.Limit.levels)).or("none", means: [])
  }
}
