// The flags that lead on from a library's error, which itself knows of no command line.

import Diffusion

/// What the command line adds to an error.
enum WayOut {
  /// Words to follow the error's own, nil where those say enough.
  static func words(for error: any Error) -> String? {
    switch error {
    case SamplingError.unconditional:
      "leave them out, or take a model trained on data with labels"
    case SamplingError.noNullClass:
      "leave --guidance out, take a model trained on data with labels, or --guide-by MODEL"
    default: nil
    }
  }
}
