import Foundation
import LaresJSON
import LaresServer
import LaresServing
import Testing

/// The small parts pages are made of.
struct ConsolePartsTests {
    @Test(arguments: [
        ("one\n\ntwo", ["p:one", "p:two"]), ("a\n```swift\nlet x\n\ny\n```\nb", ["p:a", "c:let x\n\ny", "p:b"]), ("```\nopen", ["c:open"]),
        ("", []), (" \n \n", []), ("```\n```", []), ("line\nline", ["p:line\nline"]), ("  ```\nx\n  ```", ["c:x"]),
    ])
    func proseIsParagraphsAndFencedCode(text: String, blocks: [String]) {
        #expect(Prose(text).blocks.map { ($0.isCode ? "c:" : "p:") + $0.text } == blocks)
    }

    @Test(arguments: [
        ("a **b** c", ["plain:a ", "strong:b", "plain: c"]), ("`x` **", ["code:x", "plain: **"]),
        ("2 ** 3 ** 4", ["plain:2 ", "strong: 3 ", "plain: 4"]),
        ("**", ["plain:**"]), ("``", ["plain:``"]),
    ])
    func strongWordsAndCodeAreToldApart(text: String, spans: [String]) {
        #expect(Prose(text).blocks.flatMap(\.spans).map { "\($0.kind):\($0.text)" } == spans)
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (9_900_000, "9.9 MB"), (90_600_000, "91 MB"),
        (999_499_999, "999 MB"), (1_117_320_736, "1.1 GB"), (23_000_000_000, "23 GB"), (2_000_000_000_000, "2,000 GB"),
    ])
    func sizesHaveTheRightUnit(bytes: Int, text: String) {
        #expect(Amount(Words(.english)).bytes(bytes) == text.replacing(" ", with: "\u{A0}"))
    }

    @Test func largeCountsAreInTheReadersUnits() {
        #expect(Amount(Words(.english)).count(134_515_008) == "135\u{A0}million")
        #expect(Amount(Words(.english)).count(1_543_714_304) == "1.54\u{A0}billion")
        #expect(Amount(Words(.chinese)).count(134_515_008) == "1.35\u{A0}亿")
        #expect(Amount(Words(.chinese)).count(8_000) == "8,000")
    }

    @Test(arguments: [(0, "0"), (1, "1"), (1.04, "1"), (1.5, "1.5"), (9.96, "10"), (41.2, "41"), (1_234, "1,234"), (Double.nan, "–")])
    func whatIsCountedIsWholeWhereItCanBe(number: Double, text: String) {
        #expect(Amount(Words(.english)).tally(number) == (number.isNaN ? Words(.english)("unit.none") : text))
    }

    @Test func datesAndTimesAreInTheReadersWords() throws {
        let zone = try #require(TimeZone(secondsFromGMT: 0))
        let date = Date(timeIntervalSince1970: 1_795_478_400)
        let english = Amount(Words(.english), timeZone: zone)
        #expect(english.date(date) == "24 Nov 2026")
        #expect(Amount(Words(.chinese), timeZone: zone).date(date) == "2026年11月24日")
        #expect(english.ago(date, now: date + 5) == "just now" && english.ago(date, now: date + 200) == "3\u{A0}min ago")
        #expect(english.ago(date, now: date + 90_000) == "24 Nov 2026")
    }

    @Test func aLiveFeedSpeaksOnlyWhenSomethingChanged() throws {
        var feed = LiveFeed(last: nil)
        let event = feed.next(["a": 1])
        let first = try #require(event)
        #expect(first.hasPrefix("id: ") && first.hasSuffix("data: {\"a\":1}\n\n"))
        let quiet = [feed.next(["a": 1]), feed.next(["a": 1])]
        #expect(quiet == [": still here\n\n", nil])
        let changed = feed.next(["a": 2])
        #expect(changed?.contains("data: {\"a\":2}") == true)
        let id = String(first.dropFirst(4).prefix { $0 != "\n" })
        var resumed = LiveFeed(last: id)
        let again = resumed.next(["a": 1])
        #expect(again?.hasPrefix("id") != true, "a reader who comes back hears only what is new")
    }

    @Test func aFieldThatIsNotThereIsNoticed() {
        let fields = PageFields(["there": 1])
        #expect(fields.child(named: "there") != nil && fields.missing.isEmpty)
        #expect(fields.child(named: "gone") == nil && fields.missing == ["gone"])
    }

    @Test(arguments: ["[[no.such.text]]", "[[icon:nothing]]", "[[asset:nothing.js]]"])
    func aPageThatNeedsWhatIsNotThereStopsTheStart(text: String) throws {
        let assets = try AssetLibrary(folder: Resources.folder.appending(path: "Assets"))
        let source = PageSource(name: "test", text: text)
        #expect(throws: ConsoleError.self) { try source.expanded(words: Words(.english), assets: assets) }
    }

    @Test func textsOfTheCatalogueAreEscapedInPages() throws {
        let assets = try AssetLibrary(folder: Resources.folder.appending(path: "Assets"))
        let words = Words(language: .english, texts: ["a": "<b> & \"c\""])
        #expect(
            try PageSource(name: "test", text: "x [[a]] y").expanded(words: words, assets: assets) == "x &lt;b&gt; &amp; &quot;c&quot; y")
    }

    @Test func aQuoteWithAMarkOverItEndsNoAttribute() throws {
        let assets = try AssetLibrary(folder: Resources.folder.appending(path: "Assets"))
        let words = Words(language: .english, texts: ["a": "\"\u{301} onclick=x"])
        let text = try PageSource(name: "test", text: "[[a]]").expanded(words: words, assets: assets)
        #expect(text == "&quot;\u{301} onclick=x")
    }

    @Test func anErrorIsToldInTheReadersLanguageWithItsOwnWordsAsDetail() throws {
        let missing = ServingError(.modelNotFound, "there is no model 'x'")
        let chinese = try #require(Explanation(missing, Words(.chinese)))
        #expect(chinese.sentence.contains("没有") && chinese.detail == "there is no model 'x'")
        let busy = try #require(Explanation(ServingError(.queueFull, "full", retryAfter: .seconds(7)), Words(.english)))
        #expect(busy.sentence == "Too many are waiting. Try again in 7\u{A0}s.")
        #expect(Explanation(PullError(.noSpace, "x"), Words(.chinese)) != nil)
        #expect(Explanation(CancellationError(), Words(.english)) == nil)
    }

    @Test func oneTokenIsNotSeveral() {
        #expect(Amount(Words(.english)).tokens(1) == "1\u{A0}token" && Amount(Words(.english)).tokens(2) == "2\u{A0}tokens")
    }

    @Test func formFieldsAreDecodedAndTrimmed() throws {
        let form = try Form("a=1&b=x+y%20%26&c&a=2&d=%0D%0A+z+")
        #expect(form["a"] == "2" && form["b"] == "x y &" && form["c"] == "" && form["d"] == "z" && form["e"] == "")
        #expect(form.all("a") == ["1", "2"] && form.all("b") == ["x y &"] && form.all("e").isEmpty)
        #expect(throws: (any Error).self) { try Form("a=%zz") }
    }

    @Test(arguments: ["//x", "https://x", "/\\x", "x", "", "/a b", "/a\r\nSet-Cookie: x"])
    func onlyPathsOfThisServerAreGoneBackTo(path: String) {
        #expect(localPath(path) == "/models" && localPath("/chat?model=a") == "/chat?model=a")
    }
}
