import Foundation
import LaresLanguage
import Testing

@Suite struct TokenizerJSONTests {
    static let wordPiece = """
        {"added_tokens":[{"id":0,"content":"[UNK]","special":true},{"id":1,"content":"[CLS]","special":true},{"id":2,"content":"[SEP]","special":true},
        {"id":8,"content":"@room","special":false,"lstrip":true,"rstrip":true,"single_word":true}],
        "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
        "pre_tokenizer":{"type":"BertPreTokenizer"},
        "post_processor":{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]},
        "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":8,
        "vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"light":3,"##s":4,"on":5,"中":6,"!":7}}}
        """

    private static func pieces(_ text: String, _ json: String = wordPiece, special: Bool = false, parsed: Bool = false) throws -> [String] {
        let tokenizer = try TokenizerJSON(Array(json.utf8))
        return tokenizer.encode(text, addSpecial: special, parseSpecial: parsed).map(tokenizer.piece)
    }

    private static func code(_ json: String) -> TokenizerError.Code? {
        do { _ = try TokenizerJSON(Array(json.utf8)) } catch let error as TokenizerError { return error.code } catch {}
        return nil
    }

    @Test func wordPiecesAreTheLongestThatFit() throws {
        #expect(try Self.pieces("Lights ON!", special: true) == ["[CLS]", "light", "##s", "on", "!", "[SEP]"])
        #expect(try Self.pieces("lìghts中on") == ["light", "##s", "中", "on"])
        #expect(try Self.pieces("lightx on") == ["[UNK]", "on"])
        #expect(try Self.pieces("lightssss") == ["[UNK]"], "nine characters are more than the eight a word may have")
        #expect(try Self.pieces("[SEP]", parsed: true) == ["[SEP]"])
        #expect(try Self.pieces("[SEP]").allSatisfy { $0 == "[UNK]" })
    }

    @Test func addedTokensTakeSpacesAlongAndStandAlone() throws {
        #expect(try Self.pieces("on  @room  on") == ["on", "@room", "on"])
        #expect(try Self.pieces("on@room").last == "[UNK]")
        #expect(try !Self.pieces("@rooms").contains("@room"))
    }

    @Test func filesThatAreWrongAreRefused() {
        func changed(_ from: String, _ to: String) -> TokenizerError.Code? { Self.code(Self.wordPiece.replacing(from, with: to)) }
        #expect(Self.code(Self.wordPiece) == nil)
        #expect(Self.code("") == .badJSON)
        #expect(Self.code("{}") == .missing)
        #expect(Self.code("[]x") == .badJSON)
        #expect(changed("\"WordPiece\"", "\"Unigram\"") == .unsupported)
        #expect(changed("\"BertNormalizer\"", "\"Precompiled\"") == .unsupported)
        #expect(changed("\"on\":5", "\"on\":3") == .duplicateToken)
        #expect(changed("\"on\":5", "\"light\":5") == .duplicateToken)
        #expect(changed("\"on\":5", "\"on\":-5") == .outOfRange)
        #expect(changed("\"on\":5", "\"on\":1e18") == .outOfRange)
        #expect(changed("\"on\":5", "\"on\":5.5") == .outOfRange)
        #expect(changed("\"unk_token\":\"[UNK]\",", "") == .missing)
        #expect(changed("\"unk_token\":\"[UNK]\"", "\"unk_token\":\"nobody\"") == .missing)
        #expect(changed("[\"[SEP]\",2]", "[\"[SEP]\",99]") == .outOfRange)
        #expect(changed("\"max_input_chars_per_word\":8", "\"max_input_chars_per_word\":-8") == .outOfRange)
    }

    @Test func aPostProcessorOfThousandsOfTokensIsRefused() {
        let items = String(repeating: #"{"SpecialToken":{"id":"x","type_id":0}},"#, count: 64) + #"{"Sequence":{"id":"A"}}"#
        let processor = #""post_processor":{"type":"TemplateProcessing","single":[\#(items)],"special_tokens":{"x":{"id":"x","ids":[1]}}},"#
        #expect(Self.code("{" + processor + Self.wordPiece.dropFirst()) == .tooLarge)
    }

    @Test func aFileOfMoreThan64MegabytesIsRefused() throws {
        let path = NSTemporaryDirectory() + "lares-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data().write(to: URL(fileURLWithPath: path))
        try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: (64 << 20) + 1)
        #expect { try TokenizerJSON(contentsOf: path) } throws: { ($0 as? TokenizerError)?.code == .tooLarge }
    }

    @Test(arguments: [100, 100_000]) func deepNestingIsRefused(depth: Int) {
        #expect(Self.code(String(repeating: "[", count: depth)) == .badJSON)
        #expect(Self.code(String(repeating: "{\"a\":", count: depth)) == .badJSON)
    }

    @Test func escapesOfJSONAreRead() throws {
        let parsed = try JSONTextProbe.string(#""a\n\u4e2d\ud83d\ude00\ud83dx\/\"""#)
        #expect(parsed == "a\n中😀\u{FFFD}x/\"")
    }

    @Test func mergesMayBePairs() throws {
        let text = try String(contentsOf: GoldenTokens.folder.appendingPathComponent("gpt2.tokenizer.json"), encoding: .utf8)
        #expect(Self.code(text.replacing("\"merges\":[", with: "\"merges\":[\"x\",")) == .badMerge)
        #expect(Self.code(text.replacing("\"merges\":[", with: "\"merges\":[[\"x\"],")) == .badMerge)
        #expect(Self.code(text.replacing("\"merges\":[", with: "\"merges\":[[\"x\",\"中\"],")) == .badMerge)
        #expect(Self.code(text.replacing("\"ByteLevel\",\"add_prefix_space\":false", with: "\"Metaspace\",\"x\":false")) == .unsupported)
    }
}

/// A string as a key of a vocabulary, to see how it was read.
private enum JSONTextProbe {
    static func string(_ literal: String) throws -> String {
        let json = TokenizerJSONTests.wordPiece.replacing("\"on\":5", with: "\(literal):5")
        return try TokenizerJSON(Array(json.utf8)).piece(5)
    }
}
