import LaresServer
import Testing

/// What a model or a server says must not steer the terminal it is shown in.
struct PrintableTests {
    @Test(arguments: [
        ("\u{1B}[2J\u{1B}[31mred", "[2J[31mred"), ("\u{1B}]0;title\u{7}", "]0;title"), ("\u{1B}]52;c;cm0gLXJm\u{1B}\\", "]52;c;cm0gLXJm\\"),
        ("\u{9B}31mred\u{9D}0;title\u{9C}", "31mred0;title"), ("safe\rrm -rf\u{8}\u{7F}\u{0}", "saferm -rf"),
    ])
    func sequencesLoseTheirBeginning(text: String, shown: String) {
        #expect(text.printable == shown)
    }

    @Test(arguments: ["", "two\n\tlines", "天空为什么是蓝色的？", "👩‍🚀 café e\u{301} ﷽", "\u{A0}\u{2028}"])
    func ordinaryTextStaysAsItIs(text: String) {
        #expect(text.printable == text)
    }

    @Test func noControlCharacterGetsThrough() {
        for value in (0...0x9F as ClosedRange<UInt32>) where value != 10 && value != 9 && !(0x20..<0x7F).contains(value) {
            #expect(Unicode.Scalar(value).map { String($0).printable } == "", "U+\(String(value, radix: 16))")
        }
    }

    @Test func aSequenceCutIntoPiecesDoesNotGetThroughEither() {
        let answer = "a\u{1B}[2Jb"
        #expect(answer.unicodeScalars.map { String($0).printable }.joined() == "a[2Jb")
    }
}
