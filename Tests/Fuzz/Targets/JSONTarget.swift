// JSON, in both dialects and both layouts.

import Files

extension FuzzTarget {
  /// The content is the compact text.
  static let json = FuzzTarget("json") { bytes in
    // What else this dialect takes is a text of its own.
    let lenient = try JSON.parse(bytes, .python)
    try check(lenient)
    let json = try JSON.parse(bytes)
    demand(json == lenient, "the dialects differ in what both allow")
    return Array(json.text(.compact).utf8)
  }

  private static func check(_ json: JSON) throws {
    for layout in [JSON.Layout.compact, .indented] {
      demand(try JSON.parse(json.text(layout).utf8) == json, "changes by writing")
    }
    let sorted = json.sorted
    demand(sorted.sorted == sorted, "changes by sorting again")
  }
}
