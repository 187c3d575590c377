// The picture of a run's losses, drawn from its log.

import Diffusion

extension RunFolder {
  /// Draws the training's and the held-out loss over the steps into `loss.png`, by what the log
  /// tells so far.
  ///
  /// - Parameter text: what the picture says about itself.
  /// - Throws: `FileError`, also where there is no log yet.
  package func plotLosses(text: [(key: String, value: String)] = []) throws(FileError) {
    let curves = try LossCurves(log: below(RunFolder.logName))
    try PNG.write(
      LossPlot(curves).draw(title: path), to: below(RunFolder.lossPlotName), text: text)
  }
}
