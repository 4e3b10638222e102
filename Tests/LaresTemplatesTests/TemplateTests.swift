import Foundation
import LaresTemplates
import Testing

@Suite struct TemplateTests {
    @Test func aHostAddsFunctionsFiltersAndTests() throws {
        var environment = TemplateEnvironment()
        environment.functions["states"] = { call in
            .string("\(call.positional.first?.text ?? "") is \(call.named["default"]?.text ?? "off")")
        }
        environment.filters["twice"] = { call in .string(String(repeating: call.positional[0].text ?? "", count: 2)) }
        environment.tests["lamp"] = { call in .bool(call.positional[0].text?.hasPrefix("lamp.") == true) }
        let source = "{{ states('lamp.hall', default='on') | twice }} {{ ['lamp.a', 'lock.b'] | select('lamp') | map('twice') | list }}"
        #expect(try Template(source, environment: environment).render([:], now: .now) == "lamp.hall is onlamp.hall is on ['lamp.alamp.a']")
    }

    @Test func aStrictFilterRefusesWhatIsUndefined() throws {
        var environment = TemplateEnvironment()
        environment.filters = [
            "mild": { call in call.positional[0] == .null ? "nothing" : call.positional[0] }, "strict": { call in call.positional[0] },
        ]
        environment.strictFilters = ["strict"]
        #expect(try Template("{{ missing | mild }}{{ 1 | strict }}", environment: environment).render([:], now: .now) == "nothing1")
        let error = #expect(throws: TemplateError.self) {
            try Template("{{ missing | strict }}", environment: environment).render([:], now: .now)
        }
        #expect(error?.code == .undefined)
    }

    @Test func blocksKeepTheirLinesWhereTheHostWantsIt() throws {
        let source = "a\n  {% if true %}\nb\n{% endif %}\nc"
        var environment = TemplateEnvironment()
        #expect(try Template(source, environment: environment).render([:], now: .now) == "a\nb\nc")
        environment.trimsBlocks = false
        #expect(try Template(source, environment: environment).render([:], now: .now) == "a\n  \nb\n\nc")
    }

    @Test func anErrorOfTheHostIsPassedOn() throws {
        struct Offline: Error {}
        var environment = TemplateEnvironment()
        environment.functions["states"] = { _ in throw Offline() }
        let template = try Template("{{ states('x') }}", environment: environment)
        #expect(throws: Offline.self) { try template.render([:], now: .now) }
    }

    @Test func whatATemplateRaisesKeepsItsMessage() throws {
        let template = try Template("a\n{{ raise_exception('Roles must alternate') }}")
        let error = #expect(throws: TemplateError.self) { try template.render([:], now: .now) }
        #expect(error?.code == .raised)
        #expect(error?.message == "Roles must alternate")
        #expect(error?.line == 2)
    }

    @Test(arguments: [("{{ a", 1), ("x\n{% if 1 %}\ny", 3), ("\n\n{{ 1 + }}", 3), ("{% for i in x %}\n{% endif %}", 2)])
    func aMalformedTemplateNamesTheLine(_ source: String, _ line: Int) throws {
        let error = #expect(throws: TemplateError.self) { try Template(source) }
        #expect(error?.code == .syntax)
        #expect(error?.line == line)
    }

    @Test func timeIsFormattedInTheGivenZone() throws {
        let template = try Template("{{ strftime_now('%d %B %Y %H:%M %z') }}")
        let now = Date(timeIntervalSince1970: 1_709_164_800)
        let zone = try #require(TimeZone(secondsFromGMT: 8 * 3600))
        #expect(try template.render([:], now: now, timeZone: zone) == "29 February 2024 08:00 +0800")
        #expect(try template.render([:], now: now) == "29 February 2024 00:00 +0000")
    }

    @Test func keysKeepTheirOrderAndTheirCodePoints() throws {
        let object: TemplateObject = ["z": 1, "é": 2, "e\u{301}": 3, "a": 4]
        #expect(object.count == 4)
        #expect(try Template("{{ x | tojson }}").render(["x": .object(object)], now: .now) == #"{"z": 1, "é": 2, "e\#u{301}": 3, "a": 4}"#)
    }

    /// A cache of prompts relies on it: what has been said renders the same when more is said.
    @Test func aLongerConversationBeginsWithTheShorterOne() throws {
        let templates = try Golden.models().templates
        let source = try #require(templates.first { $0.name == "model-smollm2.jinja" }?.source)
        let template = try Template(source)
        let messages = (0..<9).map {
            TemplateValue.object(["role": .string($0 % 2 == 0 ? "user" : "assistant"), "content": .string("Number \($0)")])
        }
        var before = ""
        for count in 1...messages.count {
            let text = try template.render(["messages": .array(Array(messages.prefix(count)))], now: .now)
            #expect(text.hasPrefix(before))
            before = text
        }
        #expect(before.contains("Number 8"))
    }
}
