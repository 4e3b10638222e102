import LaresLanguage
import Testing

struct TrainingTextTests {
    @Test func wordsAreCountedTheMostFrequentFirst() throws {
        let text = try TrainingText(lines: ["The cat, the dog.", "The end!"])
        #expect(text.words == ["the", "cat", "dog", "end"])
        #expect(text.counts == [3, 1, 1, 1])
        #expect(text.wordCount == 6)
    }

    @Test func rareWordsAreLeftOut() throws {
        let text = try TrainingText(lines: ["a b a b c"], minimumCount: 2)
        #expect(text.words == ["a", "b"])
        #expect((text.wordCount, text.rawWordCount) == (4, 5))
    }

    @Test func caseStaysWhenAsked() throws {
        #expect(try TrainingText(lines: ["Paris paris"], lowercases: false).words == ["Paris", "paris"])
        #expect(try TrainingText(lines: ["Ärger ärger x"]).words == ["ärger", "x"])
    }

    @Test func wordBreaksFollowUnicode() throws {
        #expect(try TrainingText(lines: ["don't pay 3.14 — e-mail (now)"]).words == ["don't", "pay", "3.14", "e", "mail", "now"])
        #expect(try TrainingText(lines: ["don't pay, now"], unit: .spaces).words == ["don't", "pay,", "now"])
    }

    @Test func chineseIsCutByDictionaryOrByCharacter() throws {
        let line = "我们爱北京，hello！"
        #expect(try TrainingText(lines: [line]).words == ["我们", "爱", "北京", "hello"])
        #expect(try TrainingText(lines: [line], unit: .characters).words == ["我", "们", "爱", "北", "京", "hello"])
        #expect(try TrainingText(lines: ["𠀀𠀁"], unit: .characters).words == ["𠀀", "𠀁"])
    }

    @Test(arguments: [("我们爱北京 hello", true), ("hello 北京 we love it", false), ("привет мир", false)])
    func mostWordsAreIdeographsOrNot(_ line: String, _ expected: Bool) throws {
        #expect(try TrainingText(lines: [line]).isMostlyIdeographs == expected)
    }

    @Test func badBytesAreReadAsReplacementCharacters() throws {
        try withFile([0x61, 0x20, 0xFF, 0xFE, 0x20, 0x62, 0x0A, 0xE4, 0xB8]) { path in
            let spaced = try TrainingText(contentsOf: path, unit: .spaces, minimumCount: 1)
            #expect(spaced.words == ["a", "\u{FFFD}\u{FFFD}", "b", "\u{FFFD}"])
            let broken = try TrainingText(contentsOf: path, minimumCount: 1)
            #expect(broken.words == ["a", "b"])
        }
    }

    @Test func aFileWithoutLineEndsIsCutAtSpaces() throws {
        let count = 700_000
        try withFile(Array("four ".utf8).repeated(count)) { path in
            let error = #expect(throws: WordVectorError.self) { _ = try TrainingText(contentsOf: path, unit: .spaces) }
            #expect(error?.code == .emptyText)
        }
        try withFile(Array("four five ".utf8).repeated(count)) { path in
            let text = try TrainingText(contentsOf: path, unit: .spaces)
            #expect(text.counts == [count, count])
        }
    }

    @Test(arguments: ["", "\n\n\n", "one", "   "]) func aTextWithoutTwoWordsIsRefused(_ line: String) throws {
        let error = #expect(throws: WordVectorError.self) { _ = try TrainingText(lines: [line]) }
        #expect(error?.code == .emptyText)
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: WordVectorError.self) { _ = try TrainingText(contentsOf: "/nowhere/text.txt") }
        #expect(error?.message.contains("/nowhere/text.txt") == true)
    }
}

extension Array {
    func repeated(_ count: Int) -> [Element] { Array(repeatElement(self, count: count).joined()) }
}
