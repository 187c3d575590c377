// diffusers' names of schedules and predictions, as fixtures have them.

import Diffusion

extension BetaSchedule {
  init?(diffusers name: String) {
    switch name {
    case "linear": self = .linear
    case "squaredcos_cap_v2": self = .cosine
    default: return nil
    }
  }
}

extension Prediction {
  init?(diffusers name: String) {
    switch name {
    case "epsilon": self = .noise
    case "sample": self = .sample
    case "v_prediction": self = .velocity
    default: return nil
    }
  }
}
