// From a loss to new weights: gradients summed over shards, Adam's step, the moving average.

package import Autograd
package import Kernels
package import Ranks

/// A network's parameters in training, with all that an optimizer keeps.
package final class Optimization {
  /// The weights.
  package let parameters: Parameters
  /// Their exponential moving average.
  package let ema: Parameters
  package let moments: AdamW.Moments
  private let optimizer: AdamW
  /// nil where Adam updates all parameters.
  private let muon: Muon?
  private let sum: GradientAccumulator
  private let workers: Workers
  private let lanes: Int

  /// What sums over ranks have cost so far.
  package var traffic: Traffic { sum.traffic }

  /// First weights, and an average that starts with them.
  ///
  /// - Parameters:
  ///   - matrices: what updates the weights of convolutions and dense layers.
  ///   - seed: of the weights.
  ///   - lanes: how many threads compute gradients at a time.
  ///   - threads: how many cores work on the parameters.
  ///   - ranks: the processes that share each batch.
  package init(
    _ layout: ParameterLayout, _ optimizer: AdamW, _ matrices: Optimizer = .adam, seed: UInt64,
    lanes: Int, threads: Int, ranks: any Communicator = OneRank()
  ) {
    parameters = Parameters(layout)
    parameters.initialize(seed: seed)
    ema = Parameters(layout, for: .inference)
    ema.values.copy(from: parameters.values)
    moments = AdamW.Moments(layout)
    (self.optimizer, self.lanes) = (optimizer, lanes)
    muon = matrices == .muon ? Muon(layout, threads: threads) : nil
    sum = GradientAccumulator(layout, workers: lanes, ranks: ranks)
    workers = Workers(count: threads)
  }

  /// Takes the weights of another network of the same layout.
  func begin(with start: Parameters) {
    for part in [parameters, ema] {
      part.values.copy(from: start.values)
      part.markChanged()
    }
  }

  /// Sums a batch's gradients, shard by shard, in an order that does not depend on the threads.
  ///
  /// - Parameters:
  ///   - batch: how many examples.
  ///   - gradient: computes a shard's loss on a lane, and adds its gradients to memory that is zero.
  /// - Returns: the sum of the losses, and the norm of the gradients.
  package func accumulate(
    _ batch: Int,
    _ gradient:
      @Sendable (_ examples: Range<Int>, _ lane: Int, _ gradients: FloatMemory) -> Double
  ) -> (loss: Double, norm: Double) {
    parameters.derive(workers)
    let loss = sum.accumulate(
      batch, by: ShardSize.usual, on: Workers(count: lanes), gradient)
    return (loss, AdamW.norm(sum.floats, workers))
  }

  /// The first parameter whose gradient, summed last, is not finite.
  var firstAnomaly: String? {
    parameters.layout.firstNotFinite(in: sum.floats).map { "the gradient of \($0)" }
  }

  /// Changes the weights by the gradients that were summed last.
  ///
  /// - Parameters:
  ///   - number: of the step, counted from 1.
  ///   - norm: of the gradients.
  ///   - emaDecay: how much of the average stays; 0 copies the weights.
  package func step(_ number: Int, norm: Double, learningRate: Double, emaDecay: Double) {
    optimizer.step(
      number, parameters, gradients: sum.floats, norm: norm, moments: moments, ema: ema,
      emaDecay: emaDecay, learningRate: learningRate, workers: workers,
      except: muon?.parameters ?? [])
    muon?.step(
      parameters, gradients: sum.floats, gradientScale: optimizer.gradientScale(norm),
      momentum: moments.first, ema: ema, emaDecay: emaDecay, learningRate: learningRate)
  }
}
