// Options that several commands share, and the bounds that keep later arithmetic from overflowing.

import Diffusion

/// The largest values the command line takes: far above what is useful, far below what overflows.
/// What the library has limits for has no others here.
package enum Limit {
  package static let steps = TrainingState.mostSteps
  package static let images = 10_000_000
  package static let columns = 1000
  package static let batch = 65_536
  package static let timesteps = NoiseSchedule.timestepCounts.upperBound
  package static let threads = 1024
  package static let minutes = 1e6
  package static let learningRate = 1e6
  package static let gradientNorm = 1e9
  package static let guidance = 100.0
  package static let amount = 100.0
}

/// Options with one meaning in several commands.
package enum CommonOptions {
  package static let data = Option<DataChoice>(
    "--data", "DIR|synthetic", .data, default: .folder("data/mnist"),
    "a folder of IDX files, plain or .gz, or of PNG files; synthetic: digits the program draws")
  package static let transpose = Option<Bool>(
    "--transpose", "mirror every image of --data in its diagonal: EMNIST's lie on their side")
  package static let model = Option<String?>(
    "--model", "DIR", .folder, unset: "\(ModelChoice.defaultRun), else the model that ships",
    "a run's folder, or a diffusers pipeline's; what ships is \(ModelChoice.shipped) here, else as installed"
  )
  package static let guidance = Option<Double?>(
    "--guidance", "W", .number(0...Limit.guidance), unset: "0, with --guide-by 1",
    "how much more of its class an image gets; doubles the time; for a model with classes, or a guide"
  )
  package static let guidanceInterval = Option<ClosedRange<Timestep>?>(
    "--guidance-interval", "A,B", .timestepInterval, unset: "all timesteps",
    "guide at timesteps A to B only; elsewhere guidance costs nothing")
  package static let guideBy = Option<String?>(
    "--guide-by", "MODEL", .folder, unset: "the model without its classes",
    "guide away from a worse model, such as an earlier snapshot; also without classes")
  package static let guidanceRescale = Option<Double?>(
    "--guidance-rescale", "PHI", .number(0...1), unset: "0",
    "how much of an image's contrast, from 0 to 1, guidance leaves as it was")
  package static let seed = Option<UInt64>(
    "--seed", "N", .integer(UInt64.min...UInt64.max), default: 0,
    "everything random follows from it")
  package static let threads = Option<Int?>(
    "--threads", "N", .integer(1...Limit.threads), unset: "all cores",
    "threads to compute with; the results are the same for any number")
  package static let quiet = Option<Bool>("--quiet", "show no progress")
}
