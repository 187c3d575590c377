// Where the classes lie in the space of the bottleneck's activations, at each timestep.

/// The mean of the bottleneck's activations over noisy images of each class (h-space; Kwon et al. 2023).
///
/// The difference of two classes' means is a direction in which an image changes its class.
package struct BottleneckMeans: Equatable, Sendable {
  /// The timesteps of the noisy images.
  package let timesteps: [Timestep]
  /// How many classes there are.
  package let classCount: Int
  /// The means, [timesteps, classes, h·w·C].
  package let values: [Float]

  /// How many numbers a mean has: h·w·C.
  var length: Int { values.count / (timesteps.count * classCount) }

  /// - Parameters:
  ///   - timesteps: different ones.
  ///   - classCount: at least 1.
  ///   - values: [timesteps, classes, h·w·C].
  package init(timesteps: [Timestep], classCount: Int, values: [Float]) {
    precondition(
      !timesteps.isEmpty && classCount > 0 && values.count % (timesteps.count * classCount) == 0,
      "\(values.count) floats for \(timesteps.count) timesteps and \(classCount) classes")
    (self.timesteps, self.classCount, self.values) = (timesteps, classCount, values)
  }

  /// Writes the way from one class to another, times an amount; nothing at a timestep without means.
  func setDirection(
    from source: Int, to target: Int, amount: Double, at t: Timestep, into shift: Block
  ) {
    precondition(shift.count == length, "\(shift.count) floats for a mean of \(length)")
    guard let place = timesteps.firstIndex(of: t) else { return shift.floats.fill(0) }
    let (a, b) = ((place * classCount + source) * length, (place * classCount + target) * length)
    let scale = Float(amount)
    for i in 0..<length { shift.floats[i] = scale * (values[b + i] - values[a + i]) }
  }
}
