import LaresJSON
import LaresTemplates
import LaresTesting
import LaresThings
import Testing

@Suite struct ValueTemplateTests {
    /// What a template makes of a message: Python's text, nil for an error and for nothing.
    static func rendered(_ source: String, _ message: String) -> String? {
        var payload = Payload(Array(message.utf8))
        guard let template = try? ValueTemplate(source), let value = try? template.value(of: &payload) else { return nil }
        let text = value.text ?? pythonText(value)
        return text.isEmpty ? nil : text
    }

    /// Lists and objects print as JSON here, Python's way there; spaces and quotes aside they agree.
    private static func pythonText(_ json: JSON) -> String {
        switch json {
        case .bool(let flag): flag ? "True" : "False"
        case .null: "None"
        case .double(let number): number.description
        case .array, .object: json.serialized.replacing("\"", with: "'").replacing(",", with: ", ").replacing(":", with: ": ")
        default: json.serialized
        }
    }

    @Test func jsonIsReadAsHomeAssistantReadsIt() throws {
        let golden = try Golden.json("templates")
        let state = try #require(golden["state"]?.text)
        for pair in try #require(golden["values"]?.elements) {
            let source = try #require(pair.elements?[0].text)
            #expect(Self.rendered(source, state) == pair.elements?[1].text, "\(source)")
        }
    }

    @Test func plainMessagesAreReadAsHomeAssistantReadsThem() throws {
        for entry in try #require(Golden.json("templates")["plain"]?.elements) {
            let parts = try #require(entry.elements)
            let (source, message) = (parts[0].text ?? "", parts[1].text ?? "")
            #expect(Self.rendered(source, message) == parts[2].text, "\(source) of \"\(message)\"")
        }
    }

    @Test func commandsAreMadeAsHomeAssistantMakesThem() throws {
        for entry in try #require(Golden.json("templates")["commands"]?.elements) {
            let parts = try #require(entry.elements)
            var names: [String: TemplateValue] = [:]
            if case .object(let given) = parts[2] { for (name, value) in given { names[name] = value.templateValue } }
            let made = try? ValueTemplate(parts[0].text ?? "").command(parts[1], names)
            #expect(made == parts[3].text, "\(parts[0].text ?? "") of \(parts[1].serialized)")
        }
    }

    @Test(arguments: [
        "{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 'x' * 10000000 }}", "{{ range(1000000) | list }}", "{{ lipsum.__globals__ }}", "{{ value.__class__.__mro__ }}",
        "{{ states('lock.door') }}",
        "{{ value | regex_replace('(a+)+$', '') }}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex_search('(a+)+$') }}",
        "{% set x = namespace(v='a') %}{% for i in range(200) %}{% set x.v = x.v ~ x.v %}{% endfor %}{{ x.v }}", "{{ unknown_function() }}",
    ])
    func aHostileTemplateFailsQuickly(source: String) throws {
        let start = ContinuousClock.now
        var payload = Payload(Array("1".utf8))
        let template = try? ValueTemplate(source)
        #expect(throws: ThingsError.self) { _ = try template.orThrow().value(of: &payload) }
        #expect(ContinuousClock.now - start < .seconds(1))
    }

    @Test(arguments: [
        "{{ value", "{% if %}", String(repeating: "{{ value }}", count: 5_000), String(repeating: "(", count: 500),
        "{{" + String(repeating: "(", count: 200) + "}}",
    ])
    func whatIsNoTemplateIsRefused(source: String) {
        if source.contains("{{") || source.contains("{%") { #expect(throws: ThingsError.self) { try ValueTemplate(source) } }
    }

    @Test func aMessageIsReadAsJSONOnceAndWithinBounds() throws {
        var payload = Payload(Array(#"{"a": 1}"#.utf8))
        #expect(payload.json()?["a"] == 1 && payload.json()?["a"] == 1)
        var deep = Payload(Array((String(repeating: "[", count: 40) + String(repeating: "]", count: 40)).utf8))
        #expect(deep.json() == nil)
        var long = Payload([UInt8](repeating: 0x20, count: Payload.longestJSON) + [0x31])
        #expect(long.json() == nil)
    }

    @Test(arguments: 1...2) func damagedTemplatesAndMessagesNeverTrap(seed: Int) throws {
        let golden = try Golden.json("templates")
        let sources = try #require(golden["values"]?.elements).compactMap { $0.elements?[0].text }
        let state = Array(try #require(golden["state"]?.text).utf8)
        var mutations = Mutations(seed: UInt64(seed), pieces: Mutations.announcements)
        for number in 0..<Mutations.inputs / 10 {
            let source = String(decoding: mutations.mutate(Array(sources[number % sources.count].utf8)), as: UTF8.self)
            var payload = Payload(number % 3 == 0 ? mutations.mutate(state) : state)
            guard let template = try? ValueTemplate(source) else { continue }
            _ = try? template.value(of: &payload)
            _ = try? template.command(.double(21.5))
        }
    }
}

extension JSON {
    fileprivate var templateValue: TemplateValue {
        switch self {
        case .int(let whole): .int(whole)
        case .double(let number): .double(number)
        case .bool(let flag): .bool(flag)
        case .string(let text): .string(text)
        default: .null
        }
    }
}

extension Optional<ValueTemplate> {
    fileprivate func orThrow() throws -> ValueTemplate {
        guard let self else { throw ThingsError(.badAnnouncement, "it can't be read") }
        return self
    }
}
