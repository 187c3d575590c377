// How often progress is shown, and how.

import Synchronization
import Testing
import ddpm

@Suite struct ProgressTests {
  @Test func aTerminalsLineIsRewrittenAtMostTenTimesASecond() {
    let shown = shown(.rewriting { 80 }) { progress, start in
      for step in 0..<1000 {
        progress.update("step \(step)", at: start + .milliseconds(step))
      }
      progress.finish("done")
    }
    #expect(shown.count == 11)
    #expect(shown.first == "\rstep 0\u{1B}[K" && shown[1] == "\rstep 100\u{1B}[K")
    #expect(shown.last == "\r\u{1B}[Kdone\n")
  }

  @Test(arguments: [(5, "abcd"), (1, ""), (0, ""), (100, "abcdefgh")])
  func aLineIsCutRatherThanWrapped(width: Int, text: String) {
    let shown = shown(.rewriting { width }) { progress, _ in progress.update("abcdefgh") }
    #expect(shown == ["\r\(text)\u{1B}[K"])
  }

  /// It says how to go on, also on a narrow terminal.
  @Test func theLastStateIsNotCut() {
    let shown = shown(.rewriting { 5 }) { progress, _ in
      progress.update("abcdefgh")
      progress.finish("abcdefgh")
    }
    #expect(shown == ["\rabcd\u{1B}[K", "\r\u{1B}[Kabcdefgh\n"])
  }

  @Test func elsewhereALineIsPlainAndEveryTenSeconds() {
    let shown = shown(.lines) { progress, start in
      for second in 0..<25 { progress.update("\(second) s", at: start + .seconds(second)) }
      progress.say("saved")
      progress.finish("done")
    }
    #expect(shown == ["0 s\n", "10 s\n", "20 s\n", "saved\n", "done\n"])
  }

  @Test func quietIsQuietAndAsksForNoText() {
    var asked = false
    let text = { () -> String in
      asked = true
      return "step"
    }
    let shown = shown(.silent) { progress, _ in
      progress.update(text())
      progress.say("saved")
      progress.finish("done")
    }
    #expect(shown.isEmpty && !asked)
  }

  @Test func messagesStayAboveTheLine() {
    let shown = shown(.rewriting { 80 }) { progress, _ in
      progress.update("step")
      progress.say("saved")
      progress.endLine()
    }
    #expect(shown == ["\rstep\u{1B}[K", "\r\u{1B}[Ksaved\n"])
  }

  /// What a progress of a mode writes while `work` reports to it.
  private func shown(
    _ mode: Progress.Mode, _ work: (inout Progress, ContinuousClock.Instant) -> Void
  ) -> [String] {
    let written = Mutex<[String]>([])
    var progress = Progress(mode) { text in written.withLock { $0.append(text) } }
    work(&progress, .now)
    return written.withLock { $0 }
  }
}
