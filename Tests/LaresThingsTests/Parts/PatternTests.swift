import LaresThings
import Testing

/// Regular expressions by the filters that use them; values from Python 3.11's `re`.
@Suite struct PatternTests {
    private func rendered(_ template: String, _ message: String = "") -> String? { ValueTemplateTests.rendered(template, message) }

    @Test(arguments: [
        ("a*", "-", "baac", "-b--c-"), ("(\\\\d+)-(\\\\d+)", "\\\\2:\\\\1", "12-34", "34:12"), ("[^0-9.]", "", "21.5 °C", "21.5"),
        ("a|bc|", "x", "abcd", "xxxdx"),
        ("^\\\\s+|\\\\s+$", "", "  a b ", "a b"), ("x{2,3}", "y", "xxxxx", "yy"), ("x{2,3}?", "y", "xxxxx", "yyx"),
        ("(?:ab)+", "z", "ababa", "za"),
        ("\\\\bon\\\\b", "1", "on only", "1 only"), ("[a-c\\\\-]+", "_", "a-b d", "_ d"), ("(a)|(b)", "[\\\\1\\\\2]", "abc", "[a][b]c"),
        ("\\\\.", ",", "1.5", "1,5"),
        ("é", "e", "café", "cafe"), ("(?P<first>a)(?P<second>b)?", "<\\\\1\\\\2>", "ab a", "<ab> <a>"),
        ("(\\\\w+) (\\\\w+)", "\\\\g<2> \\\\g<1>", "a b", "b a"),
    ])
    func replacesAsPythonDoes(pattern: String, replacement: String, text: String, result: String) {
        #expect(rendered("{{ value | regex_replace('\(pattern)', '\(replacement)') }}", text) == result)
    }

    @Test func searchesMatchesAndIgnoresCase() {
        #expect(rendered("{{ value | regex_search('B', true) }}", "abc") == "True")
        #expect(rendered("{{ value | regex_search('B', ignorecase=True) }}", "abc") == "True")
        #expect(rendered("{{ value | regex_search('(?i)[A-Z]{3}$') }}", "abc") == "True")
        #expect(rendered("{{ value | regex_match('b') }}", "abc") == "False")
        #expect(
            rendered("{{ value | regex_findall('(.)(.)') }}", "abcd") == "[['a', 'b'], ['c', 'd']]"
                || rendered("{{ value | regex_findall('(.)(.)') }}", "abcd") == "[('a', 'b'), ('c', 'd')]")
    }

    @Test(arguments: ["(a+)+$", "(a|aa)+$", "(a*)*b", "((a*)*)*$", "(a|a?)+$", ".*.*.*.*.*b", "(x+x+)+y"])
    func expressionsThatExplodeEnd(pattern: String) {
        let start = ContinuousClock.now
        let text = String(repeating: "a", count: 60) + "!"
        #expect(rendered("{{ value | regex_search('\(pattern)') }}", text) != "True")
        #expect(ContinuousClock.now - start < .milliseconds(500))
    }

    @Test(arguments: [
        "(?:(?:(?:(?:){999}){999}){999}){999}", "(?:(?:(?:(?:|){999}){999}){999}){999}", "(?:(?:(?:^{999}){999}){999}){999}",
        "(?:(?:(?:(?:){0,999}){0,999}){0,999}){0,999}", "(?:(?:(?:(?:){0}){999}){999}){999}",
    ])
    func repetitionsThatMultiplyAreRefused(pattern: String) {
        let start = ContinuousClock.now
        #expect(rendered("{{ value | regex_replace('\(pattern)', '') }}", "21") == nil)
        #expect(ContinuousClock.now - start < .milliseconds(500))
    }

    @Test func repetitionsOfWhatIsEmptyAreReadWhileTheyAreFew() {
        #expect(rendered("{{ value | regex_replace('(?:){99}b', '') }}", "abc") == "ac")
    }

    @Test func theExpressionsOfARenderShareItsSteps() {
        let (one, text) = ("{{ value | regex_replace('b', '') | length }}", String(repeating: "a", count: 3_000))
        #expect(rendered(one, text) == "3000")
        #expect(rendered(String(repeating: one, count: 8), text) == nil)
    }

    @Test(arguments: ["(", "[", "a{2", "(?=a)", "(?<=a)b", "*", "\\\\1", "a**", "(?P<n", "[z-a]", "a{9999}"])
    func whatItDoesNotKnowFails(pattern: String) {
        #expect(rendered("{{ value | regex_replace('\(pattern)', '') }}", "aab") == nil)
    }
}
