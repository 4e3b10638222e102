import LaresLanguage
import LaresTensor
import Testing

@Suite struct GrammarMatcherTests {
    @Test func masksSayExactlyWhatIsAccepted() throws {
        let schemas = [
            #"{"type":"object","properties":{"hello":{"type":"string","maxLength":9},"b":{"type":"number","minimum":1}}}"#,
            #"{"type":"array","items":{"type":["string","null"],"pattern":"^[^x]*$"},"maxItems":40}"#,
        ]
        var random = SeededRandom(seed: 11)
        for schema in schemas {
            var matcher = GrammarMatcher(try Grammar(jsonSchema: schema), bytesVocabulary)
            for _ in 0..<60 {
                let mask = allowed(&matcher)
                for token in 0..<Int32(bytesVocabulary.count) {
                    var copy = matcher
                    expect(mask.contains(token), token, &copy)
                }
                guard let token = mask.filter({ $0 != 256 }).randomElement(using: &random) else { break }
                matcher.accept(token)
            }
        }
    }

    @Test func theEndTokenComesOnlyWhenComplete() throws {
        var matcher = GrammarMatcher(try Grammar(choices: ["ab"]), bytesVocabulary)
        expect(allowed(&matcher) == [0x61])
        expect(false, 256, &matcher)
        expect(true, bytes: "ab".utf8, &matcher)
        #expect(matcher.isComplete)
        expect(allowed(&matcher) == [256])
        expect(true, 256, &matcher)
        #expect(matcher.isFinished)
        expect(allowed(&matcher).isEmpty)
        expect(false, 0x61, &matcher)
    }

    @Test func whatIsRefusedChangesNothing() throws {
        var matcher = GrammarMatcher(try Grammar(choices: ["ab"]), bytesVocabulary)
        expect(false, bytes: "ax".utf8, &matcher)
        expect(false, -1, &matcher)
        expect(false, 1_000_000, &matcher)
        expect(true, bytes: "ab".utf8, &matcher)
    }

    @Test func copiesGoTheirOwnWay() throws {
        var one = GrammarMatcher(try Grammar(choices: ["ab", "cd"]), bytesVocabulary)
        var two = one
        expect(true, 0x61, &one)
        expect(true, 0x63, &two)
        expect(allowed(&one) == [0x62])
        expect(allowed(&two) == [0x64])
    }

    @Test func deepAnswersEndInTime() throws {
        var limits = GrammarLimits()
        limits.answerDepth = 12
        let schema = ##"{"type":"array","items":{"$ref":"#"},"maxItems":1}"##
        var matcher = GrammarMatcher(try Grammar(jsonSchema: schema, limits: limits), bytesVocabulary)
        var depth = 0
        while allowed(&matcher).contains(0x5B), depth < 100 {
            matcher.accept(0x5B)
            depth += 1
        }
        #expect(depth > 2 && depth < 15)
        expect(allowed(&matcher) == [0x5D])
    }
}

/// Whether a token is taken.
private func expect(_ isTaken: Bool, _ token: Int32, _ matcher: inout GrammarMatcher, _ place: SourceLocation = #_sourceLocation) {
    let result = matcher.accept(token)
    #expect(result == isTaken, sourceLocation: place)
}

/// Whether bytes are taken.
private func expect(
    _ isTaken: Bool, bytes: some Sequence<UInt8>, _ matcher: inout GrammarMatcher, _ place: SourceLocation = #_sourceLocation
) {
    let result = matcher.accept(bytes: bytes)
    #expect(result == isTaken, sourceLocation: place)
}

private func expect(_ condition: Bool, _ place: SourceLocation = #_sourceLocation) { #expect(condition, sourceLocation: place) }
