// The table of wrong command lines and what must be said about each.

import Testing

/// A wrong command line, and a part of what must be said about it.
struct WrongLine: Sendable, CustomTestStringConvertible {
  let words: [String]
  let fragment: String

  /// A line of words between spaces.
  init(_ line: String, _ fragment: String) {
    self.init(line.split(separator: " ").map(String.init), fragment)
  }

  init(_ words: [String], _ fragment: String) {
    self.words = words
    self.fragment = fragment
  }

  var testDescription: String { words.joined(separator: " ") }

  static let all =
    commands + completions + flags + values + mistakes + ranges + lists + combinations + hostile

  static let commands = [
    WrongLine(
      "",
      "a command is missing: train, sample, distill, edit, forward, evaluate, doctor, completions, man"
    ),
    WrongLine("trian", "did you mean train?"),
    WrongLine("Train", "did you mean train?"),
    WrongLine("eval", "did you mean evaluate?"),
    WrongLine("samples", "did you mean sample?"),
    WrongLine("hlep", "did you mean help?"),
    WrongLine("docter", "did you mean doctor?"),
    WrongLine("man sample", "unexpected \"sample\""),
    WrongLine("--hlep", "did you mean --help?"),
    WrongLine("--versoin", "did you mean --version?"),
    WrongLine(
      "banana",
      "the commands are train, sample, distill, edit, forward, evaluate, doctor, completions, man"),
    WrongLine("--seed 3 train", "--seed comes after a command"),
    WrongLine("--steps=3 train", "--steps comes after a command"),
    WrongLine("help trian", "did you mean train?"),
    WrongLine("help train sample", "help takes one command"),
    WrongLine("--version train", "--version stands alone"),
    WrongLine("-- train", "unknown command \"--\""),
    WrongLine([""], "unknown command \"\""),
  ]

  static let completions = [
    WrongLine("completions", "needs a shell: ddpm completions bash|zsh|fish"),
    WrongLine("completions bsh", "one of bash, zsh, fish, not \"bsh\"; did you mean bash?"),
    WrongLine("completions tcsh", "completions takes one of bash, zsh, fish, not \"tcsh\""),
    WrongLine("completions bash zsh", "unexpected \"zsh\": everything else is a flag"),
    WrongLine("completions --shell bash", "unknown flag \"--shell\""),
    WrongLine(["completions", ""], "not \"\""),
    WrongLine("completion bash", "did you mean completions?"),
    WrongLine("help completion", "did you mean completions?"),
  ]

  static let flags = [
    WrongLine("train --sed 3", "unknown flag \"--sed\"; did you mean --seed?"),
    WrongLine("train -seed 3", "did you mean --seed?"),
    WrongLine("train --Seed 3", "did you mean --seed?"),
    WrongLine("train --learning 3", "did you mean --learning-rate?"),
    WrongLine("train --learning_rate=3", "did you mean --learning-rate?"),
    WrongLine("train --epoch 3", "did you mean --epochs?"),
    WrongLine("train --hepl", "did you mean --help?"),
    WrongLine("train --banana", "unknown flag \"--banana\"; --help lists the flags"),
    WrongLine("train --eta 0", "unknown flag \"--eta\"; did you mean --ema?"),
    WrongLine("train --resum", "did you mean --resume?"),
    WrongLine("sample --schedule linear", "unknown flag \"--schedule\""),
    WrongLine("evaluate --sampler ddim,dpm2m", "did you mean dpm++2m?"),
    WrongLine("evaluate --sampler dpm++2m --eta 1", "--eta belongs to --sampler ddim: add it"),
    WrongLine("evaluate --metrics loss --sampler ddpm", "--sampler belongs to --metrics time, fd"),
    WrongLine("evaluate --sampler ddpm --metrics consistency,time", "add ddim to --sampler"),
    WrongLine("train --steps=1=2", "not \"1=2\""),
    WrongLine("train ---seed 3", "did you mean --seed?"),
    WrongLine("train -", "unexpected \"-\""),
    WrongLine("train steps 100", "did you mean --steps?"),
    WrongLine("train data/mnist", "unexpected \"data/mnist\""),
    WrongLine("train \u{2014}steps 5", "did you mean --steps?"),
    WrongLine("train --quiet yes", "unexpected \"yes\""),
    WrongLine("train -- --help", "unexpected \"--help\""),
    WrongLine("train -- x", "unexpected \"x\""),
    WrongLine("train --seed 1 2", "unexpected \"2\""),
    WrongLine("train -5", "unexpected \"-5\""),
    WrongLine("train --seed 1 --seed 1", "--seed is given twice"),
    WrongLine("train --seed=1 --seed 2", "--seed is given twice"),
    WrongLine("train --quiet --quiet", "--quiet is given twice"),
  ]

  static let values = [
    WrongLine("train --seed", "--seed needs a value: --seed N"),
    WrongLine("train --data --seed 3", "the flag \"--seed\" follows; write --data=--seed"),
    WrongLine("train --out -x", "write --out=-x if that is the value"),
    WrongLine("train --out --", "the flag \"--\" follows"),
    WrongLine("train --quiet=true", "--quiet takes no value"),
    WrongLine("train --quiet=", "--quiet takes no value"),
    WrongLine("train --help=flags", "--help takes no value"),
    WrongLine("train --out=", "--out takes a path, not \"\""),
    WrongLine(["train", "--data", ""], "--data takes a folder's path, or synthetic, not \"\""),
    WrongLine("train --optimizer sgd", "one of adam, muon, not \"sgd\""),
    WrongLine("train --conditional --unconditional", "--conditional"),
    WrongLine("train --from m --schedule linear", "--schedule"),
    WrongLine("train --from m --preset tiny", "--preset"),
    WrongLine(
      "distill --steps 3", "each stage halves the steps, so a student has 1, 2, 4, 8, 16, 32"),
    WrongLine("distill --steps 64", "a student has 1, 2, 4, 8, 16, 32 of them"),
    WrongLine("distill --sampler ddim", "unknown flag \"--sampler\""),
    WrongLine("distill --epochs 1 --minutes 1", "--epochs"),
    WrongLine("train --preset smal", "one of tiny, small, base, not \"smal\"; did you mean small?"),
    WrongLine("train --preset TINY", "did you mean tiny?"),
    WrongLine("train --preset huge", "one of tiny, small, base, not \"huge\""),
    WrongLine("train --schedule cosin", "did you mean cosine?"),
    WrongLine("train --schedule sqrt", "one of linear, cosine, quadratic, sigmoid"),
    WrongLine("train --predict nosie", "did you mean noise?"),
    WrongLine("train --predict eps", "one of noise, sample, mean, velocity, not \"eps\""),
    WrongLine("train --conditional yes", "unexpected \"yes\""),
    WrongLine("sample --class seven", "a whole number from 0 to 99999, or all, not \"seven\""),
    WrongLine("sample --class al", "did you mean all?"),
    WrongLine("sample --guidance much", "--guidance takes a number from 0 to 100"),
    WrongLine("sample --sampler dim", "did you mean ddim?"),
    WrongLine("sample --spacing trail", "did you mean trailing?"),
    WrongLine("sample --variance big", "one of small, large"),
    WrongLine("sample --weights row", "did you mean raw?"),
    WrongLine("sample --eta hatt", "did you mean hat?"),
    WrongLine("evaluate --metrics time,bdp", "did you mean bpd?"),
    WrongLine("train --seed x", "--seed takes a whole number from 0 to 18446744073709551615"),
    WrongLine("train --seed 1.5", "not \"1.5\""),
    WrongLine(["train", "--seed", " 1"], "not \" 1\""),
    WrongLine("train --batch 1e3", "--batch takes a whole number"),
    WrongLine("train --batch 64k", "not \"64k\""),
    WrongLine("train --dropout ten", "--dropout takes a number from 0 to 0.99, not \"ten\""),
  ]

  /// A mistake in the value or the flag of each option that takes words, or looks like another.
  static let mistakes = [
    WrongLine("train --data", "--data needs a value: --data DIR|synthetic"),
    WrongLine("train --presets tiny", "did you mean --preset?"),
    WrongLine("train --preset=", "one of tiny, small, base, not \"\""),
    WrongLine("train --schedule linaer", "did you mean linear?"),
    WrongLine("train --schedule Cosine", "did you mean cosine?"),
    WrongLine("train --schedule quad", "did you mean quadratic?"),
    WrongLine("train --schedule sigmod", "did you mean sigmoid?"),
    WrongLine("train --attention None", "did you mean none?"),
    WrongLine("train --lr 1e-3", "unknown flag \"--lr\""),
    WrongLine("train --learningrate 1", "did you mean --learning-rate?"),
    WrongLine("train --time-steps 1", "did you mean --timesteps?"),
    WrongLine("train --dropuot 0", "did you mean --dropout?"),
    WrongLine("train --sample-evry 5", "did you mean --sample-every?"),
    WrongLine("train --overwrit", "did you mean --overwrite?"),
    WrongLine("sample --sampler ddmp", "did you mean ddpm?"),
    WrongLine(
      "sample --sampler euler",
      "one of ddpm, ddim, ddim2, dpm++2m, dpm++3m, heun, unipc, not \"euler\""),
    WrongLine("sample --spacing linspce", "did you mean linspace?"),
    WrongLine("sample --spacing unifrom", "did you mean uniform?"),
    WrongLine("sample --spacing quadratc", "did you mean quadratic?"),
    WrongLine("sample --spacing laeding", "did you mean leading?"),
    WrongLine("sample --variance smal", "did you mean small?"),
    WrongLine("sample --variance larg", "did you mean large?"),
    WrongLine("sample --eta Hat", "did you mean hat?"),
    WrongLine("sample --prevew", "did you mean --preview?"),
    WrongLine("sample --progresive a.png", "did you mean --progressive?"),
    WrongLine("sample --interpolat 8", "did you mean --interpolate?"),
    WrongLine("sample --interpolation 8", "did you mean --interpolate?"),
    WrongLine("sample --noclip", "did you mean --no-clip?"),
    WrongLine("sample --output a.png", "unknown flag \"--output\"; did you mean --out?"),
    WrongLine("sample --models m", "did you mean --model?"),
    WrongLine("evaluate --metrics tiem", "did you mean time?"),
    WrongLine("evaluate --metrics fd,neighbors", "did you mean neighbours?"),
    WrongLine("evaluate --spacing trailng", "did you mean trailing?"),
    WrongLine("evaluate --spacings leading", "did you mean --spacing?"),
    WrongLine("evaluate --metric time", "did you mean --metrics?"),
    WrongLine("evaluate --jsno", "did you mean --json?"),
    WrongLine("evaluate --eta 0,hta", "did you mean hat?"),
  ]

  static let ranges = [
    WrongLine("train --seed -1", "from 0 to 18446744073709551615, not \"-1\""),
    WrongLine("train --seed 18446744073709551616", "not \"18446744073709551616\""),
    WrongLine("train --batch 0", "--batch takes a whole number from 1 to 65536, not \"0\""),
    WrongLine("train --steps 0", "from 1 to 1000000000"),
    WrongLine("train --epochs -1", "from 1 to 1000000000"),
    WrongLine("train --minutes 0", "a number above 0, at most 1000000"),
    WrongLine("train --minutes nan", "a number above 0"),
    WrongLine("train --minutes inf", "a number above 0"),
    WrongLine("train --dropout 1", "from 0 to 0.99, not \"1\""),
    WrongLine("train --dropout -0.1", "from 0 to 0.99"),
    WrongLine("train --ema 1", "from 0 to below 1"),
    WrongLine("train --learning-rate 0", "above 0, at most"),
    WrongLine("train --learning-rate 2e6", "above 0, at most"),
    WrongLine("train --clip 0", "above 0"),
    WrongLine("train --timesteps 1", "from 2 to 100000"),
    WrongLine("train --timesteps 99999999999999999999", "from 2 to 100000"),
    WrongLine("train --threads 0", "from 1 to 1024"),
    WrongLine("train --blocks 0", "from 1 to 16"),
    WrongLine("train --warmup -1", "from 0 to"),
    WrongLine("train --save-every 0", "from 1 to"),
    WrongLine("sample --count 0", "from 1 to 10000000"),
    WrongLine("sample --grid 0", "from 1 to"),
    WrongLine("train --limit 0", "from 1 to"),
    WrongLine("sample --eta 1.1", "a number from 0 to 1, or hat, not \"1.1\""),
    WrongLine("sample --eta -0.5", "a number from 0 to 1, or hat"),
    WrongLine("sample --eta nan", "a number from 0 to 1, or hat"),
    WrongLine("sample --class -1", "--class takes a whole number from 0"),
    WrongLine("sample --guidance -1", "--guidance takes a number from 0 to 100, not \"-1\""),
    WrongLine("sample --guidance nan", "a number from 0 to 100"),
    WrongLine("sample --guidance 1 --guidance-interval 800,200", "the smaller first"),
    WrongLine("sample --guidance 1 --guidance-interval 0,200", "two timesteps from 1 on"),
    WrongLine("sample --guidance 1 --guidance-interval 5", "with a comma between"),
    WrongLine("sample --guidance-interval 1,200", "add --guidance W"),
    WrongLine("sample --guidance-rescale 0.7", "add --guidance W"),
    WrongLine("sample --guidance 1 --guidance-rescale 2", "a number from 0 to 1"),
    WrongLine("sample --sampler heun --variance optimal", "--variance belongs to --sampler ddpm"),
    WrongLine("sample --sampler dpm++3m --eta 0.5", "--eta belongs to --sampler ddim"),
    WrongLine("evaluate --count -3", "from 1 to 10000000"),
    WrongLine("sample --interpolate 1", "--interpolate takes a whole number from 2 to 1000"),
    WrongLine("sample --interpolate 1001", "from 2 to 1000, not \"1001\""),
    WrongLine("sample --steps 0", "from 1 to 100000, not \"0\""),
    WrongLine("sample --batch 65537", "from 1 to 65536"),
    WrongLine("sample --threads 1.5", "--threads takes a whole number from 1 to 1024"),
    WrongLine("evaluate --threads -1", "from 1 to 1024"),
    WrongLine("train --sample-every -1", "from 0 to"),
    WrongLine("train --keep-every -1", "from 0 to"),
  ]

  static let lists = [
    WrongLine("train --channels 32,,64", "values separated by commas, each a whole number from 2"),
    WrongLine("train --channels 32,64,", "not \"32,64,\""),
    WrongLine("train --channels 32,0", "from 2 to 8192"),
    WrongLine("train --channels 32;64", "values separated by commas"),
    WrongLine("train --attention 0", "from 1 to 8, or none"),
    WrongLine("train --attention 2,2", "different values"),
    WrongLine("train --attention non", "did you mean none?"),
    WrongLine("train --attention none,2", "or none, not \"none,2\""),
    WrongLine("evaluate --steps 10,10", "different values separated by commas"),
    WrongLine("evaluate --steps 10,x", "not \"10,x\""),
    WrongLine("evaluate --steps 10 20", "unexpected \"20\""),
    WrongLine("evaluate --eta 0,2", "each a number from 0 to 1, or hat"),
    WrongLine("evaluate --eta 0,0.0", "different values"),
    WrongLine("evaluate --metrics fid", "each one of time, fd, kd, pr, neighbours, recon,"),
    WrongLine("evaluate --spacing trailing,trailing", "different values"),
    WrongLine("evaluate --metrics time,time", "different values"),
    WrongLine("evaluate --metrics=", "not \"\""),
  ]

  static let hostile = [
    WrongLine(["a\u{1B}[2Jb"], "unknown command \"a\\u{1b}[2Jb\""),
    WrongLine(["train", "--seed", "1\n2"], "not \"1\\u{0a}2\""),
    WrongLine(["train", "--seed", "1\r\n2"], "not \"1\\u{0d}\\u{0a}2\""),
    WrongLine(["train", "--\u{07}"], "unknown flag \"--\\u{07}\""),
    WrongLine(["train", "x\u{7F}"], "unexpected \"x\\u{7f}\""),
    WrongLine(["train", "--preset", "\u{9B}31m"], "not \"\\u{9b}31m\""),
    WrongLine(["sample", "--out", "a\tb"], "not \"a\\u{09}b\""),
    WrongLine(["train", "--out", "--\u{08}"], "the flag \"--\\u{08}\" follows"),
  ]
}
