// Markup is well-formed whatever the texts in it are.

import Testing
import ddpm

@Suite struct HTMLTests {
  @Test func textsAndAttributesAreEscaped() {
    let piece = tag("p", ["title": "\"<&>\""], "a < b && c > \"d\"", tag("br"), tag("i"))
    #expect(
      piece.markup
        == "<p title=\"&quot;&lt;&amp;&gt;&quot;\">a &lt; b &amp;&amp; c &gt; &quot;d&quot;<br/><i></i></p>"
    )
  }

  @Test func controlCharactersAreShown() {
    #expect(HTML.text("a\u{1B}[2J\u{0}").markup == "a\\u{1b}[2J\\u{00}")
    #expect(HTML.text("a\nb").markup == "a\nb")
  }

  @Test func groupsAreTheirPieces() {
    #expect(HTML.group(["a", tag("b", [:], "c"), "d"]).markup == "a<b>c</b>d")
  }
}
