// Which models are found where commands look for them, and whether they can be opened.

import Diffusion

/// The lines about models.
enum ModelCheck {
  /// Every model that is there, or how to get one, and every student.
  static var findings: [Finding] {
    let models = findings("model", ModelChoice.usualPlaces, taken: "where --model names none")
    let students = findings("fast", ModelChoice.fastPlaces, taken: "by --fast")
    return (models.isEmpty ? [none] : models) + students
  }

  private static let none = Finding(
    "model", "none: train one with ddpm train, or name one with --model")

  /// - Parameter taken: when the first of them is the one that is taken.
  private static func findings(
    _ subject: String, _ places: [String], taken: String
  ) -> [Finding] {
    places.filter(Path.exists).enumerated().map { place, folder in
      finding(subject, folder, place == 0 ? "; taken \(taken)" : "")
    }
  }

  private static func finding(_ subject: String, _ folder: String, _ use: String) -> Finding {
    do {
      let model = try DiffusionModel(folder: folder)
      let classes = model.classCount.map { "\($0) class\($0 == 1 ? "" : "es")" } ?? "no classes"
      return Finding(
        subject,
        "\(folder): \(model.parameterCount) parameters, \(model.imageSize), \(classes)\(use)")
    } catch {
      return .obstacle(
        subject, error, wayOut: "train it again, or name another model with --model")
    }
  }
}
