// The shifts towards the classes in h-space, learned once for a model and a data set and kept beside the model.

import Diffusion
import Foundation
internal import Numerics

/// A file in a model's folder.
enum ClassShiftsFile {
  /// A file for each of the data that they were learned from.
  private static func name(_ notes: [Key: String]) -> String {
    let key = [Key.program, .model, .data].map { notes[$0] ?? "" }.joined(separator: "; ")
    return "class_shifts-\(CRC32.text(of: Array(key.utf8)).lowercased()).safetensors"
  }
  private static let tensor = "shifts"

  /// Keys of the file's notes.
  private enum Key: String, CaseIterable {
    case program, model, data
    /// The check sum of the values.
    case crc
  }

  private static func crc(of values: [Float]) -> String {
    CRC32.text(of: littleEndianBytes(of: values))
  }

  /// What is kept beside a model; learned and kept where there is none of this model and these data.
  ///
  /// - Throws: `FileError` for data without labels.
  static func shifts(
    of model: DiffusionModel, in folder: String, _ data: Dataset, threads: Int,
    _ progress: SharedProgress
  ) throws(FileError) -> ClassShifts {
    let classes = try data.classCount()
    let notes: [Key: String] = [
      .program: Tool.version, .model: model.fingerprint, .data: data.labelledFingerprint,
    ]
    let path = Path.join(folder, name(notes))
    if let file = try? Safetensors(contentsOf: path),
      notes.allSatisfy({ file.metadata[$0.key.rawValue] == $0.value }),
      let values = try? file.floats(tensor), file.metadata[Key.crc.rawValue] == crc(of: values),
      let shifts = ClassShifts(of: model, classCount: classes, values: values)
    {
      return shifts
    }
    progress.say("directions between the classes: learned once for this model and these images")
    let clock = ContinuousClock.now
    let shifts = try model.classShifts(of: data, threads: threads) { share in
      progress.update(
        "\(percent(share)) of the directions  left \(left(share, since: clock).brief)")
    }
    let bytes = Safetensors.encode(
      [.init(tensor, shape: shifts.shape, .floats(shifts.values))],
      metadata: Dictionary(
        uniqueKeysWithValues: (notes.map { ($0, $1) } + [(.crc, crc(of: shifts.values))])
          .map { ($0.rawValue, $1) }))
    do {
      try AtomicFile.write(bytes, to: path)
      progress.say("kept in \(path.printable)")
    } catch {
      progress.warn("the directions are not kept: \(error)")
    }
    return shifts
  }
}
