// The floats that a call is going to touch, compared with those its operands have: in checked builds.
//
// This module is compiled without checks, where a `precondition` is an assumption: so a check is an
// `if` with a stop of its own, once per call. Only builds made with DDPM_CHECKED=1 have any of it.

#if CHECKED
  import Foundation

  /// Writes a line to standard error and ends the process.
  func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("Kernels: \(message)\n".utf8))
    abort()
  }
#endif

/// Whether the kernels compare extents, and memory lies between guard pages.
package var isChecked: Bool {
  #if CHECKED
    true
  #else
    false
  #endif
}

/// A loop over floats: how often it runs, and the floats from one round to the next.
typealias Loop = (count: Int, stride: Int)

extension Floats {
  /// In checked builds, stops with a message unless the view holds a block of this shape.
  @inline(__always)
  func require(
    _ shape: @autoclosure () -> [Int], _ role: StaticString, _ call: StaticString = #function
  ) {
    #if CHECKED
      let shape = shape()
      if shape.contains(where: { $0 < 0 }) || shape.reduce(1, *) > count {
        stop("\(call): \(role): \(count) floats instead of \(shape)")
      }
    #endif
  }

  /// In checked builds, stops with a message unless `offset ..< offset + count` lies in the view.
  @inline(__always)
  func requireRange(_ offset: Int, _ count: Int, _ call: StaticString = #function) {
    #if CHECKED
      if offset < 0 || count < 0 || offset + count > self.count {
        stop("\(call): \(count) floats from \(offset) on, of \(self.count)")
      }
    #endif
  }
}

#if CHECKED
  /// An address among a view's floats: what a loop runs over.
  ///
  /// It remembers the view, so that a product or a pass can tell an operand that it would leave.
  struct Operand {
    let address: UnsafeMutablePointer<Float>
    fileprivate let view: Floats

    init(_ view: Floats) { self.init(address: view.base, view: view) }

    private init(address: UnsafeMutablePointer<Float>, view: Floats) {
      (self.address, self.view) = (address, view)
    }

    static func + (operand: Operand, offset: Int) -> Operand {
      Operand(address: operand.address + offset, view: operand.view)
    }

    static func += (operand: inout Operand, offset: Int) { operand = operand + offset }
  }
#else
  /// An address among a view's floats, and nothing else: checked builds remember the view.
  typealias Operand = UnsafeMutablePointer<Float>

  extension Operand {
    @_transparent init(_ view: Floats) { self = view.base }
    @_transparent var address: UnsafeMutablePointer<Float> { self }
  }
#endif

extension Operand {
  /// In checked builds, stops with a message unless all floats of nested loops lie in the view.
  @inline(__always)
  func require(
    _ loops: @autoclosure () -> [Loop], _ role: StaticString, _ call: StaticString = #function
  ) {
    #if CHECKED
      let loops = loops()
      if loops.contains(where: { $0.count <= 0 }) { return }
      let ends = loops.map { ($0.count - 1) * $0.stride }
      let start = address - view.base
      let first = start + ends.reduce(0) { $0 + min($1, 0) }
      let last = start + ends.reduce(0) { $0 + max($1, 0) }
      if first < 0 || last >= view.count {
        let steps = loops.filter { $0.count > 1 }.map { "\($0.count) by \($0.stride)" }
          .joined(separator: ", ")
        stop("\(call): \(role): floats \(first)...\(last) of \(view.count) (\(steps))")
      }
    #endif
  }

  /// The same for rows of `columns` floats.
  @inline(__always)
  func require(
    rows: @autoclosure () -> Int, _ columns: @autoclosure () -> Int,
    apart stride: @autoclosure () -> Int, _ role: StaticString, _ call: StaticString = #function
  ) {
    require([(rows(), stride()), (columns(), 1)], role, call)
  }
}

/// Consecutive parts of scratch memory.
struct ScratchParts {
  private var rest: Floats

  @inline(__always) init(_ scratch: Floats) { rest = scratch }

  /// The next `count` floats.
  @inline(__always) mutating func next(_ count: Int) -> Operand {
    let part = rest.slice(0, count)
    rest = rest.slice(count, rest.count - count)
    return Operand(part)
  }
}
