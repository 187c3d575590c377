// The header of a .npy file: a Python dictionary of element type, order and shape.

internal import Numerics

struct NPYHeader {
  /// Why a file is not an array of floats.
  struct Fault: Error {
    let reason: String
  }

  enum Element: String, CaseIterable {
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    var width: Int {
      switch self {
      case .float16: 2
      case .float32: 4
      case .float64: 8
      }
    }
  }

  /// Which byte of an element comes first, by its sign in the file.
  enum ByteOrder: Character {
    case little = "<"
    case big = ">"
  }

  /// Which dimension is the fastest.
  enum AxisOrder {
    /// The last.
    case c
    /// The first.
    case fortran
  }

  let element: Element
  let byteOrder: ByteOrder
  let axisOrder: AxisOrder
  let shape: [Int]
  /// Where the numbers begin in the file.
  let dataStart: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  static let alignment = 64

  init(of bytes: [UInt8]) throws(Fault) {
    guard bytes.starts(with: Self.magic), bytes.count > Self.magic.count + 2 else {
      throw Fault(reason: "is not a NumPy array (.npy) file")
    }
    let lengthStart = Self.magic.count + 2
    let version = bytes[Self.magic.count]
    guard version == 1 || version == 2, bytes[Self.magic.count + 1] == 0 else {
      throw Fault(reason: "is a .npy file of version \(version), not 1 or 2")
    }
    let textStart = lengthStart + (version == 1 ? 2 : 4)
    guard bytes.count >= textStart else { throw Fault(reason: "ends within its header") }
    let lengthBytes = lengthStart..<textStart
    let length =
      version == 1
      ? Int(elements(of: bytes, in: lengthBytes, as: UInt16.self)[0])
      : Int(elements(of: bytes, in: lengthBytes, as: UInt32.self)[0])
    guard length <= bytes.count - textStart else { throw Fault(reason: "ends within its header") }
    dataStart = textStart + length
    var dictionary = PythonDictionary(text: bytes[textStart..<dataStart])
    guard let fields = dictionary.parse(), fields.count == 3, let type = fields["descr"],
      let order = fields["fortran_order"], case .tuple(let shape) = fields["shape"]
    else { throw Fault(reason: "has a malformed .npy header") }
    guard case .string(let name) = type, let byteOrder = name.first.flatMap(ByteOrder.init),
      let element = Element(rawValue: String(name.dropFirst()))
    else {
      throw Fault(reason: "holds elements of type \(type); save it with .astype('<f4')")
    }
    switch order {
    case .bool(false): axisOrder = .c
    case .bool(true): axisOrder = .fortran
    default: throw Fault(reason: "has a malformed .npy header")
    }
    self.element = element
    self.byteOrder = byteOrder
    self.shape = shape
  }
}
