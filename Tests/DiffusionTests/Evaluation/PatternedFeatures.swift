// Features that NumPy can make too.

import Diffusion

/// `count` vectors of six multiples of 1/32, of one class:
/// `((i*i*a + j*j*b + i*j*7 + s) % 61) / 32 - 1`, times `scale`, plus `shift`.
func patternedFeatures(
  _ count: Int, _ a: Int, _ b: Int, _ s: Int, scale: Float = 1, shift: Float = 0
) -> Features {
  var features = Features(classes: 1)
  for i in 0..<count {
    let values = (0..<6).map { j in
      Float((i * i * a + j * j * b + i * j * 7 + s) % 61) / 32 - 1
    }
    features.append(values: values.map { $0 * scale + shift }, probabilities: [1])
  }
  return features
}

/// The two sets that the golden numbers are of.
enum Patterned {
  static let images = patternedFeatures(40, 3, 5, 0)
  static let reference = patternedFeatures(50, 5, 11, 17, scale: 0.75, shift: 0.25)
}
