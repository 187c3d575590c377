// What right command lines of the three commands come to.

import Diffusion
import Testing
import ddpm

@Suite struct SettingsTests {
  @Test(
    arguments: zip(
      ["", "--steps 7", "--epochs 7", "--minutes 0.5"],
      [.epochs(10), .steps(7), .epochs(7), .minutes(0.5)] as [Budget]))
  func trainingHasOneBudget(line: String, budget: Budget) throws {
    #expect(try train(line).session.budget == budget)
  }

  @Test func trainingTakesEveryFlag() throws {
    let line = """
      --data synthetic --transpose --flip --out d --preset base --channels 8,16 --blocks 3 \
      --attention 2,1 --dropout 0.1 --timesteps 50 --schedule sigmoid --fourier --zero-snr \
      --predict sample --loss hybrid --learn-variance --weight p2 --timestep-sampling importance \
      --conditional --steps 9 --optimizer adam --batch 4 --learning-rate 1e-3 --warmup 0 --ema 0.99 \
      --clip 2 --seed 5 --threads 2 --sample-every 0 --save-every 6 --keep-every 7 --overwrite \
      --limit 3 --detect-anomaly --quiet
      """
    let settings = try train(line)
    let others = ["--epochs", "--minutes", "--unconditional", "--resume", "--from"]
    #expect(
      Set(words(line).filter { $0.hasPrefix("--") } + others)
        == Set(TrainCommand.table.options.map(\.flag)))
    #expect(settings.data.choice == .synthetic && settings.data.isTransposed)
    #expect(settings.isFlipping && settings.detectsAnomalies && settings.out == "d")
    #expect(settings.objective.loss == .hybrid && settings.objective.learnsVariance)
    #expect(settings.objective.weight == .p2 && settings.objective.sampling == .importance)
    #expect(try train("--from m").start == "m" && settings.start == nil)
    #expect(settings.existing == .replaced && settings.limit == 3)
    #expect(settings.preset == .base && settings.channels == [8, 16] && settings.blocks == 3)
    #expect(settings.attention == [2, 1] && settings.dropout == 0.1)
    #expect(settings.timesteps == 50 && settings.schedule == .sigmoid && settings.hasZeroSNR)
    #expect(settings.hasFourierFeatures)
    #expect(settings.prediction == .sample && settings.labels == .required)
    #expect(settings.session.budget == .steps(9) && settings.optimizer == .adam)
    #expect(settings.batch == 4 && settings.learningRate == 1e-3 && settings.warmup == 0)
    #expect(settings.ema == 0.99 && settings.clip == 2 && settings.seed == 5)
    #expect(settings.threads == 2 && settings.isQuiet)
    let session = settings.session
    #expect(session.sampleEvery == 0 && session.saveEvery == 6 && session.keepEvery == 7)
  }

  @Test(
    arguments: zip(
      ["", "--conditional", "--unconditional"], [.whereThere, .required, .unused] as [LabelUse]))
  func labelsAreTakenWhereThereAreAnyUnlessAFlagSaysSo(line: String, labels: LabelUse) throws {
    #expect(try train(line).labels == labels)
  }

  @Test func distillingTakesEveryFlag() throws {
    let settings = try distill(
      """
      --model m --data synthetic --out d --steps 4 --guidance 0.5 --minutes 3 --optimizer adam \
      --batch 9 --learning-rate 0.1 --seed 5 --threads 2 --sample-every 0 --save-every 6 --overwrite \
      --quiet
      """)
    #expect(settings.model == "m" && settings.data.choice == .synthetic && settings.out == "d")
    #expect(settings.steps == 4 && settings.guidance == 0.5 && settings.optimizer == .adam)
    #expect(settings.session.budget == .minutes(3) && settings.existing == .replaced)
    #expect(settings.batch == 9 && settings.learningRate == 0.1 && settings.seed == 5)
    #expect(settings.threads == 2 && settings.session.sampleEvery == 0 && settings.isQuiet)
    #expect(settings.session.saveEvery == 6 && settings.session.keepEvery == nil)
    #expect(try distill("").session.budget == .epochs(2))
  }

  @Test(arguments: zip(["", "--resume"], [.kept, .resumed] as [RunFolder.Existing]))
  func aRunIsReplacedOnlyWhenAsked(line: String, existing: RunFolder.Existing) throws {
    #expect(try train(line).existing == existing)
  }

  @Test func noAttentionIsNotThePresets() throws {
    #expect(try train("--attention none").attention == [])
    #expect(try train("").attention == nil)
  }

  @Test func samplersTakeWhatBelongsToThem() throws {
    let cases: [(String, SamplerSettings)] = [
      ("", SamplerSettings(nil)),
      ("--steps 5 --spacing karras", SamplerSettings(nil, steps: 5, spacing: .karras)),
      ("--eta 0.5", SamplerSettings(.ddim, eta: .value(0.5))),
      ("--steps 20 --eta hat", SamplerSettings(.ddim, steps: 20, eta: .hat)),
      ("--spacing uniform --eta 1", SamplerSettings(.ddim, spacing: .uniform, eta: .value(1))),
      ("--sampler ddpm", SamplerSettings(.ddpm)),
      ("--sampler ddpm --variance large", SamplerSettings(.ddpm, variance: .large)),
      (
        "--sampler ddpm --steps 9 --spacing leading",
        SamplerSettings(.ddpm, steps: 9, spacing: .leading)
      ),
    ]
    for (line, sampler) in cases { #expect(try sample(line).sampler == sampler, "\(line)") }
  }

  @Test func theStudentThatShipsIsTakenWhereAskedFor() throws {
    #expect(try sample("--fast").isFast && sample("--fast").model == nil)
    #expect(try !sample("").isFast && !sample("--model m").isFast)
  }

  @Test func samplingTakesAllOtherFlags() throws {
    let settings = try sample(
      """
      --model m --weights raw --out a.idx.gz --count 3 --seed 8 --noise n.npy --no-clip \
      --batch 2 --threads 1 --eta 1 --progressive p.PGM --preview --class 7 --guidance 1.5 --quiet
      """)
    #expect(settings.model == "m" && settings.output == .array(path: "a.idx.gz", .compressedIDX))
    #expect(settings.weights == .raw)
    #expect(settings.count == 3 && settings.seed == 8 && settings.noise == "n.npy")
    #expect(settings.progressive == .rows(.picture(path: "p.PGM", .pgm, columns: nil)))
    #expect(settings.hasPreview && settings.interpolation == nil)
    #expect(settings.classes == .one(7) && settings.guidance.weight == 1.5)
    #expect(try sample("--class all").classes == .all && sample("").classes == nil)
    #expect(
      settings.clip == .off && settings.batch == 2 && settings.threads == 1
        && settings.isQuiet)
  }

  @Test(
    arguments: zip(
      ["", "--clip range", "--clip dynamic", "--clip none", "--no-clip", "--no-clip --clip none"],
      [nil, .range, .dynamic, .off, .off, .off] as [ClipChoice?]))
  func clippingIsTheModelsUnlessSaid(line: String, clip: ClipChoice?) throws {
    #expect(try sample(line).clip == clip)
  }

  @Test(
    arguments: zip(
      ["a.png", "dir.npy/b.PGM", "a.idx", "a.b.npy"],
      [
        .picture(path: "a.png", .png, columns: nil),
        .picture(path: "dir.npy/b.PGM", .pgm, columns: nil), .array(path: "a.idx", .idx),
        .array(path: "a.b.npy", .npy),
      ] as [OutputFile]))
  func theEndingSaysWhatIsWritten(path: String, output: OutputFile) throws {
    #expect(try sample("--out \(path)").output == output)
  }

  @Test func aGridHasColumns() throws {
    let picture = OutputFile.picture(path: "samples.png", .png, columns: 5)
    #expect(try sample("--grid 5").output == picture)
  }

  @Test func interpolationMakesTheGridsColumns() throws {
    let settings = try sample("--interpolate 7 --count 14 --out a.pgm")
    #expect(settings.interpolation == 7 && settings.count == 14)
    #expect(settings.output == .picture(path: "a.pgm", .pgm, columns: 7))
    #expect(try sample("--interpolate 7 --out a.npy").output == .array(path: "a.npy", .npy))
  }

  @Test(arguments: [(8, 4, 10), (28, 64, 3), (28, 1000, 3), (28, 3000, 1), (28, 10_000_000, 1)])
  func imagesAreEnlargedUntilTheGridFillsAScreen(side: Int, count: Int, scale: Int) {
    let size = ImageSize(height: side, width: side, channels: 1)
    #expect(OutputFile.scale(for: size, count: count) == scale)
  }

  @Test func evaluationTakesEveryFlag() throws {
    let settings = try evaluate(
      """
      --model m --data d --out r --sampler dpm++2m,ddim --steps 5,1 --eta hat,0.5 \
      --spacing leading,uniform --count 20 --json \
      --metrics loss,time,fd,kd,pr,bpd,recon,neighbours --guidance 0.5 --seed 2 --threads 3 \
      --quiet
      """)
    #expect(settings.model == "m" && settings.data.choice == .folder("d") && settings.out == "r")
    #expect(settings.samplers == [.dpmSolver2M, .ddim])
    #expect(settings.steps == [5, 1] && settings.etas == [.hat, .value(0.5)])
    #expect(settings.spacings == [.leading, .uniform])
    #expect(settings.metrics == [.loss, .time, .fd, .kd, .pr, .bpd, .recon, .neighbours])
    #expect(settings.count == 20 && settings.guidance.weight == 0.5 && settings.printsJSON)
    #expect(settings.seed == 2 && settings.threads == 3 && settings.isQuiet)
  }

  @Test func evaluationComparesTheDocumentedCells() throws {
    let settings = try evaluate("")
    #expect(settings.steps == [10, 20, 50, 100] && settings.samplers == [.ddim])
    #expect(settings.etas == [.value(0), .value(1), .hat] && settings.spacings == [.trailing])
    #expect(settings.count == 1000 && settings.metrics == nil)
    #expect(settings.data.choice == .folder("data/mnist") && settings.model == nil)
  }

  private func train(_ line: String) throws -> TrainSettings {
    try TrainCommand(TrainCommand.table.parse(words(line))).settings
  }

  private func distill(_ line: String) throws -> DistillSettings {
    try DistillCommand(DistillCommand.table.parse(words(line))).settings
  }

  private func sample(_ line: String) throws -> SampleSettings {
    try SampleCommand(SampleCommand.table.parse(words(line))).settings
  }

  private func evaluate(_ line: String) throws -> EvaluateSettings {
    try EvaluateCommand(EvaluateCommand.table.parse(words(line))).settings
  }

  private func words(_ line: String) -> [String] {
    line.split(separator: " ").map(String.init)
  }
}
