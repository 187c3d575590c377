// Reading parts of a JSON value, for tests that know what is in it.

import Diffusion

extension JSON {
  /// A member's value, null where there is none.
  subscript(key: String) -> JSON { member(key) ?? .null }

  var elements: [JSON] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }
}
