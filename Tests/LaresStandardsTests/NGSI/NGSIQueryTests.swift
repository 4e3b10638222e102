import LaresJSON
import LaresStandards
import Testing

struct NGSIQueryTests {
    private let entity = """
        {"id":"urn:v:1","type":"Vehicle","brandName":{"type":"Property","value":"Mercedes"},
         "speed":[{"type":"Property","value":55,"source":{"type":"Property","value":"GPS"},"observedAt":"2026-01-02T00:00:00Z"},
                  {"type":"Property","value":54.5,"datasetId":"urn:d:1"}],
         "address":{"type":"Property","value":{"city":"Berlin","lines":[{"no":3}]}},
         "tags":{"type":"Property","value":["a","b"]},"isParked":{"type":"Relationship","object":"urn:p:1"},
         "name":{"type":"LanguageProperty","languageMap":{"en":"Bear","de":"Bär"}},"free":{"type":"Property","value":false},
         "since":{"type":"Property","value":{"@type":"DateTime","@value":"2026-03-01T00:00:00Z"}}}
        """

    @Test(arguments: [
        "brandName==\"Mercedes\"", "brandName!=\"BMW\"", "speed>54", "speed>=55", "speed<55", "speed==50..60", "speed==1,55",
        "brandName~=^Mer",
        "brandName!~=^Bm", "address[city]==\"Berlin\"", "address[lines.no]==3", "tags==\"b\"", "isParked==urn:p:1", "free==false",
        "speed.source==\"GPS\"", "speed.observedAt>2026-01-01T00:00:00Z", "brandName", "!color", "(color|brandName);speed>10",
        "color==1|free==false",
        "name[de]==\"Bär\"", "name[*]==\"Bear\"", "since>2026-02-01T00:00:00Z", "isParked~=\"p:1$\"", "speed.datasetId==urn:d:1",
    ])
    func conditionsThatHold(_ text: String) throws {
        #expect(try NGSIQuery(text, .core).matches(try ngsiEntity(entity)))
    }

    @Test(arguments: [
        "brandName==\"BMW\"", "color!=\"red\"", "speed>55", "speed==56..60", "speed!=50..60", "address[city]==\"Paris\"", "free",
        "!brandName",
        "color;brandName", "name[fr]==\"Ours\"", "tags==\"c\"", "brandName>5", "speed.source!=\"GPS\"",
    ])
    func conditionsThatDoNot(_ text: String) throws {
        // "free" alone asks whether it is there, which it is.
        #expect(try NGSIQuery(text, .core).matches(try ngsiEntity(entity)) == (text == "free"))
    }

    @Test(arguments: ["", "speed>", "==3", "(speed>3", "speed>3)", "speed==\"x", "speed>1..2", "a;;b", "speed==1,", "a~=(", "a[", "a[]==1"])
    func whatIsNoQueryIsRefused(_ text: String) throws {
        #expect(throws: NGSIError.self) { try NGSIQuery(text, .core) }
    }

    @Test func queriesAreBounded() {
        #expect(throws: NGSIError.self) { try NGSIQuery(String(repeating: "(", count: 1_000) + "a", .core) }
        #expect(throws: NGSIError.self) { try NGSIQuery(Array(repeating: "a", count: 300).joined(separator: ";"), .core) }
    }

    @Test(arguments: [
        ("^a+b?$", "aab", true), ("^(a|b){2,3}$", "abab", false), ("[^0-9]x", "1x", false), ("\\d{3}", "ab123", true), (".*z", "no", false),
        ("a\\.b", "a.b", true), ("^a{2}?$", "a", false), ("a{", "a{", true), ("^a??b$", "ab", true),
    ])
    func patternsMatch(_ pattern: String, _ text: String, _ isFound: Bool) throws {
        #expect(try NGSIPattern(pattern).isFound(in: text) == isFound)
    }

    /// A backtracking engine would take longer than the universe.
    @Test func patternsTakeBoundedTime() throws {
        #expect(try !NGSIPattern("^(a*)*(a|aa)+$").isFound(in: String(repeating: "a", count: 5_000) + "b"))
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "(((((){200}){200}){200}){200}){200}", "((((a{0}){200}){200}){200}){200}", "((((|){200}){200}){200}|){200}x?", "(){200}a?",
        ])
    func nothingIsFoundAtOnceHoweverOften(_ pattern: String) throws { #expect(try NGSIPattern(pattern).isFound(in: "b")) }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "(){200}{200}{200}{200}{200}", "a{2}{3}", "a*{2}", "a{2}*", "((((a|){200}){200}){200}){200}", "((((^){200}){200}){200}){200}",
        ])
    func countsOfCountsAreRefusedAtOnce(_ pattern: String) { #expect(throws: NGSIError.self) { try NGSIPattern(pattern) } }

    @Test(arguments: ["(", "a)", "[a", "*a", "a**", "(?=a)", "\\q", "[z-a]", "(((a{200}){200}){200})"])
    func whatIsNoPatternIsRefused(_ text: String) { #expect(throws: NGSIError.self) { try NGSIPattern(text) } }

    @Test(arguments: [("A", true), ("B", false), ("A,B", true), ("(A;C)", true), ("(A;B)", false), ("(A;B),C", true), ("*", true)])
    func typesAreSelected(_ text: String, _ isMeant: Bool) throws {
        let types = ["A", "C"].map { LDContext.core.expand($0) }
        #expect(try NGSITypeSelection(text, .core).matches(types) == isMeant)
    }

    @Test(arguments: [
        ("/Madrid/Gardens", true), ("/Madrid/+", true), ("/Madrid", false), ("/Madrid/#", true), ("/#", true), ("/Paris/#,/Madrid/#", true),
        ("/Madrid/#;/Paris/#", false),
    ])
    func scopesAreSelected(_ text: String, _ isMeant: Bool) throws {
        #expect(try NGSIScope(text).matches(["/Madrid/Gardens"]) == isMeant)
    }
}
