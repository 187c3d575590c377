// Edits of test images: interpolation, inpainting and noising, as pictures.

import Diffusion

extension Metric {
  package static let edits = Metric(
    name: "edits", needs: .test,
    section: Section(
      missingEvaluations: { session in
        guard let test = session.subject.test, test.images.count >= 2 else { return 0 }
        return session.edits.reduce(0) {
          $0 + (session.kept($1) == nil ? session.evaluations($1) : 0)
        }
      },
      measure: { session in
        guard let test = session.subject.test, test.images.count >= 2 else {
          session.progress.warn("edits are left out: they take two test images")
          return nil
        }
        let data = test.drawn(EvaluationSession.editedImages)
        let rows = try session.edits.map { ($0, try session.images(of: $0, data)) }
        return .init(
          heading: "Edits", table: session.table(of: rows, data),
          figures: try rows.compactMap { try session.picture(of: $0, $1, data) },
          members: session.members(of: rows, data))
      }))
}

/// An edit that a report shows.
private enum ShownEdit: String, CaseIterable {
  /// From each image to the next on the great circle between their latents.
  case interpolation
  /// The right half drawn anew (RePaint).
  case inpainting
  /// Half the timesteps' noise added and removed (SDEdit).
  case noising

  var title: String {
    switch self {
    case .interpolation: "encoded, and half-way to the next image on the great circle between x_T"
    case .inpainting: "the right half drawn anew (RePaint)"
    case .noising: "noised to half the timesteps and denoised (SDEdit)"
    }
  }
}

extension EvaluationSession {
  fileprivate static let editedImages = 8
  /// Steps of an edit, and the jumps of inpainting.
  private static let (editSteps, jump, resample) = (20, 5, 5)
  private static let strength = 0.5

  fileprivate var edits: [ShownEdit] { ShownEdit.allCases }

  private var editSteps: Int { min(Self.editSteps, about.timesteps) }

  private func key(_ edit: ShownEdit) -> KeptResults.Key {
    keys.model + keys.test + keys.seed + ["edit": edit.rawValue, "steps": "\(editSteps)"]
  }

  fileprivate func kept(_ edit: ShownEdit) -> (SampleMean, ByteImages)? {
    folder.kept.images("edit-\(edit.rawValue)", key(edit))
  }

  fileprivate func evaluations(_ edit: ShownEdit) -> Int {
    let count = min(Self.editedImages, subject.test?.images.count ?? 0)
    switch edit {
    case .interpolation: return 2 * editSteps * count
    case .inpainting: return Self.resample * editSteps * count
    case .noising: return editSteps / 2 * count
    }
  }

  /// The edited images.
  ///
  /// - Throws: `SamplingError`, `FileError`.
  fileprivate func images(of edit: ShownEdit, _ data: Dataset) throws -> ByteImages {
    if let (_, images) = kept(edit) { return images }
    let found = try meter.measure(edit.title, evaluations(edit)) { report in
      try self.edited(data, edit, report)
    }
    let error = SampleMean(Images(data.images).squaredErrors(found))
    try folder.kept.keep(
      "edit-\(edit.rawValue)", key(edit), error, images: ByteImages(found))
    return ByteImages(found)
  }

  private func edited(
    _ data: Dataset, _ edit: ShownEdit, _ report: @escaping @Sendable (Double) -> Void
  ) throws -> Images {
    let (model, images) = (subject.model, Images(data.images))
    var options = options(report)
    options.guidance = nil
    if model.classCount != nil { options.classes = data.labels.map { .each($0.map(Int.init)) } }
    switch edit {
    case .interpolation:
      let latents = try model.encode(images, steps: editSteps, options)
      let pairs = (0..<images.count).flatMap { [$0, ($0 + 1) % images.count] }
      // Of three images between two the middle one.
      let circles = latents.picked(pairs).greatCircles(columns: 3)
      let middles = circles.picked((0..<images.count).map { 3 * $0 + 1 })
      return try model.decode(middles, steps: editSteps, options)
    case .inpainting:
      let grid = try StepSpacing.trailing.timesteps(editSteps, of: model.schedule)
      let path = RePaint.path(along: grid, jump: Self.jump, times: Self.resample)
      let mask = Mask(.right, of: model.imageSize)
      let plan = SamplingPlan(RePaint(images, hiding: mask), along: path)
      return try model.sample(images.count, plan, options).images
    case .noising:
      return try model.edit(images, strength: Self.strength, steps: editSteps, options)
    }
  }

  fileprivate func table(
    of rows: [(edit: ShownEdit, images: ByteImages)], _ data: Dataset
  ) -> ReportTable {
    var table = ReportTable(
      title: "Edits", columns: [.init("edit", .left), .init("squared distance")],
      note:
        "\(counted(data.images.count, "test image")) of \(about.dataName)\(about.givenLabels), in"
        + " \(counted(editSteps, "step")): how far the results are from the images, mean squared"
        + " difference per dimension, pixels in [0, 1].")
    for (edit, images) in rows {
      table.rows.append([.init(edit.title), .init(scientific(distance(images, data).mean))])
    }
    return table
  }

  private func distance(_ images: ByteImages, _ data: Dataset) -> SampleMean {
    SampleMean(Images(data.images).squaredErrors(Images(images)))
  }

  fileprivate func picture(
    of edit: ShownEdit, _ images: ByteImages, _ data: Dataset
  ) throws(FileError) -> HTML? {
    try draw(
      [data.images, images], "edit-\(edit.rawValue)", "the first row as it is, then \(edit.title)",
      .trailing)?.figure("Test images, and below them \(edit.title)")
  }

  fileprivate func members(
    of rows: [(edit: ShownEdit, images: ByteImages)], _ data: Dataset
  ) -> [JSON.Member] {
    let objects = rows.map { edit, images in
      JSON.object([
        .init("edit", .string(edit.rawValue)), .init("steps", .integer(editSteps)),
        .init("images", .integer(images.count)),
        .init("squared_distance", distance(images, data).json),
      ])
    }
    return [.init("edits", .array(objects))]
  }
}
