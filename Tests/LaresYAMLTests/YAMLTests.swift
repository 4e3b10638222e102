import Foundation
import LaresJSON
import LaresTesting
import LaresYAML
import Testing

@Suite struct YAMLTests {
    /// A text, and what PyYAML and the core schema make of it; nil: they refuse it.
    struct Case: Sendable {
        let yaml: String
        let json: JSON?

        static let all: [Case] = {
            let url = Bundle.module.bundleURL.appendingPathComponent("Golden/yaml.json")
            let cases = (try? JSON(parsing: [UInt8](Data(contentsOf: url))))?["cases"]?.elements ?? []
            return cases.map { Case(yaml: $0["yaml"]?.text ?? "", json: $0["refused"] == nil ? $0["json"] : nil) }
        }()
    }

    @Test func whatIsReadIsWhatPyYAMLReads() {
        #expect(Case.all.count > 500)
        for one in Case.all { #expect((try? JSON(parsingYAML: Array(one.yaml.utf8))) == one.json, "\(one.yaml)") }
    }

    @Test func whatIsWrittenIsReadAsTheSame() throws {
        for one in Case.all {
            guard let json = one.json else { continue }
            #expect(try JSON(parsingYAML: Array(json.yaml.utf8)) == json, "\(json.yaml)")
        }
    }

    private static let texts: [JSON] = [
        "a", "on", "No", "y", "NULL", "07:30", "1", "1e3", ".5", "0x1F", "", " a", "a ", "- a", "a: b", "a #b", "#a", "&a", "*a", "!a",
        "%a",
        "5m", ".s", "@a", "\u{0}\u{7F}\u{85}\u{2028}\u{FEFF}\u{FFFE}\u{1F600}", "a\r\nb\n", "\"\\", "'", "走廊灯", "50%", "é",
        "{{ states['a/b/c'] }}", "\u{202E}x", "a, b", "[a]",
    ]

    private static let values: [JSON] = [
        [], [:], [[]], [[1, [2]]], [["a": 1]], ["a": [], "b": [:], "c": ["d": [["e": 1, "f": [2]]]]], .null, true, -1, 0.5, 1e300, -0.0,
        .double(.leastNonzeroMagnitude),
        ["a": ["b": ["c": [1, 2, 3]]], "": .null, "on": "on", "1": 1, "null": 0], .array(Array(repeating: "a long element", count: 9)),
    ]

    @Test(arguments: texts + values)
    func hardTextsAreWrittenSoThatTheyStayWhatTheyAre(_ json: JSON) throws {
        #expect(try JSON(parsingYAML: Array(json.yaml.utf8)) == json, "\(json.yaml)")
        let named: JSON = .object([String(repeating: "k", count: 2_000): json, "x": [json]])
        #expect(try JSON(parsingYAML: Array(named.yaml.utf8)) == named, "\(named.yaml)")
    }

    @Test func aPageIsWrittenAsPeopleWriteIt() {
        let json: JSON = [
            "name": "Hall light", "when": [["becomes": "hall/motion/motion", "to": true]], "only": [["between": ["sunset", "07:30"]]],
            "then": [["set": ["hall/lamp/on": true]], ["wait": "5m"]],
        ]
        #expect(
            json.yaml == """
                name: Hall light
                when:
                  - becomes: hall/motion/motion
                    to: true
                only:
                  - between: [sunset, "07:30"]
                then:
                  - set:
                      hall/lamp/on: true
                  - wait: 5m

                """)
    }

    @Test(arguments: [
        ("a: 1\nb: &x 2", YAMLError.Code.unsupported, 2, 4), ("a: *x", .unsupported, 1, 4), ("a:\n  b: !!int 3", .unsupported, 2, 6),
        ("a: 1\n'a': 2", .duplicate, 2, 1), ("a: 1\n---\nb: 2", .unsupported, 2, 1), ("3: x", .unsupported, 1, 1),
        ("a: [1, 2", .syntax, 2, 1),
        ("a: .nan", .unsupported, 1, 4), ("a:\n\t- b", .syntax, 2, 1), ("", .syntax, 1, 1), ("a: b: c", .syntax, 1, 5),
        ("? [a]\n: b", .unsupported, 1, 3), ("a: é\nb: x\u{1}", .syntax, 2, 5),
    ])
    func whatIsWrongIsNamedByLineAndColumn(_ text: String, _ code: YAMLError.Code, _ line: Int, _ column: Int) {
        let error = #expect(throws: YAMLError.self) { try JSON(parsingYAML: Array(text.utf8)) }
        #expect(error?.code == code && error?.line == line && error?.column == column, "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix("line \(line), column \(column): ") == true)
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        for bytes: [UInt8] in [[0xFF], [0x61, 0x3A, 0x20, 0xC3], [0xFE, 0xFF, 0, 0x61], [0x61, 0], [0xED, 0xA0, 0x80]] {
            #expect(throws: YAMLError.self) { try JSON(parsingYAML: bytes) }
        }
        let marked = try JSON(parsingYAML: [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8))
        #expect(marked == ["a": 1])
    }

    @Test func depthSizeAndCountAreBounded() {
        func code(_ text: String) -> YAMLError.Code? {
            do throws(YAMLError) { _ = try JSON(parsingYAML: Array(text.utf8)) } catch { return error.code }
            return nil
        }
        #expect(code(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == nil)
        #expect(code(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) == .tooLarge)
        #expect(code(String(repeating: "- ", count: 500_000)) == .tooLarge)
        #expect(code(String(repeating: "[", count: 1_000_000)) != nil)
        #expect(code(String(repeating: "{", count: 1_000_000)) != nil)
        #expect(code(String(repeating: "? ", count: 500_000)) != nil)
        #expect(code(String(repeating: "a", count: JSON.maximumYAMLBytes + 1)) == .tooLarge)
        #expect(code((0...JSON.maximumMembers).map { "k\($0): 1\n" }.joined()) == .tooLarge)
    }

    /// Text after text of aliases, each ten of the one before ("billion laughs").
    @Test func whatGrowsByAliasesIsRefusedAtTheFirst() {
        let text = "a: &a [x]\n" + "bcdefghi".map { "\($0): &\($0) [*a, *a, *a, *a]\n" }.joined()
        let error = #expect(throws: YAMLError.self) { try JSON(parsingYAML: Array(text.utf8)) }
        #expect(error?.line == 1)
    }

    /// LARES_FUZZ raises how many.
    @Test func mutatedTextsAreReadOrRefusedAndWhatIsReadCanBeWritten() throws {
        var random = Mutations(seed: 1_022, pieces: Mutations.yaml)
        let seeds = Case.all.filter { $0.json != nil }.map { Array($0.yaml.utf8) }
        var accepted = 0
        for number in 0..<Mutations.inputs {
            let text = random.mutate(seeds[number % seeds.count])
            guard let json = try? JSON(parsingYAML: text) else { continue }
            accepted += 1
            #expect(try JSON(parsingYAML: Array(json.yaml.utf8)) == json, "\(String(decoding: text, as: UTF8.self))")
        }
        #expect(accepted > Mutations.inputs / 10)
    }
}
