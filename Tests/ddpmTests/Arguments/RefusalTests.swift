// Wrong command lines: each is refused in one line that says what is wrong and what to write.

import Testing
import ddpm

@Suite struct RefusalTests {
  @Test(arguments: WrongLine.all) func theLineSaysWhatIsWrong(wrong: WrongLine) throws {
    let error = try #require(throws: UsageError.self) { try Tool.request(wrong.words) }
    #expect(ExitCode(error) == .usage)
    let line = Tool.line(for: error, on: .plain)
    #expect(line.hasPrefix("ddpm: "))
    #expect(line.contains(wrong.fragment))
    #expect(!line.contains { $0.isNewline } && line.unicodeScalars.allSatisfy { $0.value >= 32 })
  }

  @Test func theTableHasManyWrongLines() {
    #expect(Set(WrongLine.all.map(\.words)).count >= 150)
  }

  @Test(arguments: Tool.commands.map { $0.name })
  func everyMistypedFlagAndWordNamesTheRightOne(name: String) throws {
    let table = try #require(Tool.commands.first { $0.name == name }).table
    for option in table.options {
      // Two letters swapped in the middle, where no other flag becomes nearer.
      let error = #expect(throws: UsageError.self) { try table.parse([mistyped(option.flag)]) }
      #expect(error?.description.contains("did you mean \(option.flag)?") == true, "\(option.flag)")
    }
    for option in table.options + [table.operand].compactMap(\.self) {
      for word in option.words where option.path == nil {
        let error = #expect(throws: UsageError.self) { try option.check(mistyped(word)) }
        #expect(error?.description.hasSuffix("did you mean \(word)?") == true, "\(word)")
      }
    }
  }

  /// The word with the two letters in its middle swapped, or doubled where they are the same.
  private func mistyped(_ word: String) -> String {
    var letters = Array(word)
    let middle = (letters.count + (word.hasPrefix("--") ? 2 : 0)) / 2
    if letters[middle - 1] == letters[middle] {
      letters.insert(letters[middle], at: middle)
    } else {
      letters.swapAt(middle - 1, middle)
    }
    return String(letters)
  }

  @Test(arguments: Tool.commands.map { $0.name })
  func everyOptionRefusesAMissingOrEmptyValue(name: String) throws {
    let table = try #require(Tool.commands.first { $0.name == name }).table
    for option in table.options {
      let words = option.placeholder == nil ? [option.flag + "="] : [option.flag]
      let error = #expect(throws: UsageError.self) { try table.parse(words) }
      #expect(error?.description.contains(option.flag) == true)
      #expect(throws: UsageError.self) { try table.parse([option.flag + "="]) }
    }
  }

  @Test(arguments: Tool.commands.map { $0.name })
  func everyOptionIsRefusedTwice(name: String) throws {
    let table = try #require(Tool.commands.first { $0.name == name }).table
    let valid = [
      "1", "5", "tiny", "linear", "ddim", "uniform", "small", "time", "none", "0.5", "x", "10,20",
      "noise", "ema", "muon", "simple", "stratified", "shallow",
    ]
    for option in table.options {
      let value = option.placeholder == nil ? nil : valid.first { accepts(option, $0) }
      let once = [option.flag] + [value].compactMap(\.self)
      #expect(throws: Never.self) { try table.parse(once) }
      #expect(throws: UsageError("\(option.flag) is given twice; give it once")) {
        try table.parse(once + once)
      }
    }
  }

  private func accepts(_ option: any AnyOption, _ text: String) -> Bool {
    (try? option.check(text)) != nil
  }
}

extension Terminal {
  /// No terminal at all.
  static let plain = Terminal(descriptor: -1, isTerminal: false, environment: [:])
}
