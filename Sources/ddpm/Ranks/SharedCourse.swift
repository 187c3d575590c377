// A training that all ranks of a job take part in: rank 0 leads, and the others do as it says.

import Diffusion
import Ranks

/// What rank 0 has all ranks do next.
enum TrainingOrder: Equatable {
  case step(of: Int)
  case rehearse
  case settle(Int)
  case measure(triples: Int)
  case draw(Int, steps: Int)
  case end

  /// The order as a message.
  var numbers: [Int] {
    switch self {
    case .step(let total): [0, total, 0]
    case .rehearse: [1, 0, 0]
    case .settle(let steps): [2, steps, 0]
    case .measure(let triples): [3, triples, 0]
    case .draw(let count, let steps): [4, count, steps]
    case .end: [5, 0, 0]
    }
  }

  init(numbers: [Int]) {
    self =
      switch numbers[0] {
      case 0: .step(of: numbers[1])
      case 1: .rehearse
      case 2: .settle(numbers[1])
      case 3: .measure(triples: numbers[1])
      case 4: .draw(numbers[1], steps: numbers[2])
      default: .end
      }
  }
}

/// Rank 0's training: whatever all ranks take part in is announced to them first.
final class LeadingCourse: TrainingCourse {
  private let course: any TrainingCourse
  private let ranks: any Communicator
  /// Whether the others have stopped listening.
  private var isOver = false

  init(_ course: any TrainingCourse) {
    (self.course, ranks) = (course, course.options.ranks)
  }

  private func announce(_ order: TrainingOrder) { _ = ranks.broadcast(order.numbers) }

  /// Lets the others go.
  func end() {
    if !isOver { announce(.end) }
    isOver = true
  }

  var completed: Int { course.completed }
  var imageCount: Int { course.imageCount }
  var options: TrainingOptions { course.options }
  var drawingSteps: Int { course.drawingSteps }
  var traffic: Traffic { course.traffic }

  func step(of total: Int) throws(TrainingError) -> Trainer.Step {
    announce(.step(of: total))
    do {
      return try course.step(of: total)
    } catch {
      // It diverges in all ranks alike.
      isOver = true
      throw error
    }
  }

  func settle(for steps: Int) {
    announce(.settle(steps))
    course.settle(for: steps)
  }

  func rehearse() {
    announce(.rehearse)
    course.rehearse()
  }

  func snapshot() -> DiffusionModel { course.snapshot() }

  func measure(_ loss: HeldOutLoss, _ model: DiffusionModel) -> HeldOutLoss.Measurement {
    announce(.measure(triples: loss.count))
    return course.measure(loss, model)
  }

  /// Draws images from the model as it is now, by DDIM on trailing timesteps.
  func draw(_ count: Int, steps: Int) throws(SamplingError) -> Images {
    announce(.draw(count, steps: steps))
    return try course.drawShared(count, steps: steps)
  }

  func saveState(to folder: String, _ record: TrainingRecord) throws(FileError) {
    try course.saveState(to: folder, record)
  }

  func restore(_ state: TrainingState) throws(FileError) { try course.restore(state) }
}

extension Traffic {
  /// What rank 0 says of it; nil where nothing was sent.
  var text: String? {
    guard steps > 0, bytes > 0 else { return nil }
    return
      "each step: \(bytes / steps) bytes sent, \(decimals(1000 * seconds / Double(steps), 1)) ms of"
      + " waiting for other ranks"
  }
}

extension TrainingCourse {
  fileprivate func drawShared(_ count: Int, steps: Int) throws(SamplingError) -> Images {
    var options = SamplingOptions(threads: options.threads)
    options.ranks = self.options.ranks
    return try snapshot().sample(count, .ddim(steps: steps, spacing: .trailing), options).images
  }

  /// Does as rank 0 says until it lets go.
  ///
  /// - Parameter test: the images that the loss is measured on.
  /// - Throws: `TrainingError`, `SamplingError`, in all ranks alike.
  func follow(_ test: Dataset) throws {
    while true {
      let last = TrainingOrder.end.numbers
      switch TrainingOrder(numbers: options.ranks.broadcast(last)) {
      case .step(let total): _ = try step(of: total)
      case .rehearse: rehearse()
      case .settle(let steps): settle(for: steps)
      case .measure(let triples):
        _ = measure(
          HeldOutLoss(on: test.images, labels: test.labels, count: triples), snapshot())
      case .draw(let count, let steps): _ = try drawShared(count, steps: steps)
      case .end: return
      }
    }
  }
}
