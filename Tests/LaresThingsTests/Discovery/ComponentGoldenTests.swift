import LaresJSON
import LaresThings
import Testing

/// Home Assistant's own components beside ours: the same announcements, messages and commands.
@Suite struct ComponentGoldenTests {
    static let cases = (try? Golden.json("components")["cases"]?.elements) ?? []

    @Test func thereAreCases() { #expect(Self.cases.count > 40) }

    @Test(arguments: Self.cases.indices) func statesAreKnownAsHomeAssistantKnowsThem(number: Int) throws {
        let one = Self.cases[number]
        var (rehearsal, before) = (try Self.rehearsal(one), one["initial"] ?? [:])
        for entry in try #require(one["states"]?.elements) {
            let parts = try #require(entry.elements)
            rehearsal.hear(parts[0].text ?? "", parts[1].text ?? "")
            guard case .object(let known) = parts[2] else { continue }
            for (name, value) in known where before[name] != value {
                let ours = rehearsal[Self.name(name, rehearsal.part)]
                #expect(Self.agree(ours, value, name), "\(entry.serialized): \(name) is \(String(describing: ours)) here")
            }
            before = parts[2]
        }
    }

    @Test(arguments: Self.cases.indices) func commandsArePublishedAsHomeAssistantPublishesThem(number: Int) throws {
        let one = Self.cases[number]
        var rehearsal = try Self.rehearsal(one)
        for entry in one["states"]?.elements ?? [] { rehearsal.hear(entry.elements?[0].text ?? "", entry.elements?[1].text ?? "") }
        for command in one["commands"]?.elements ?? [] {
            let parts = try #require(command.elements)
            guard case .object(let asked) = parts[0] else { continue }
            var setting: [String: PropertyValue] = [:]
            for (name, value) in asked { setting[name] = PropertyValue(value) }
            let messages = try rehearsal.part.messages(setting: setting, knowing: rehearsal.known)
            let ours = messages.map { message -> JSON in
                let text = String(decoding: message.payload, as: UTF8.self)
                return [.string(message.topic), .string(Self.plain(text)), .int(Int(message.quality.rawValue)), .bool(message.isRetained)]
            }
            let theirs = (parts[1].elements ?? []).map { sent -> JSON in
                let parts = sent.elements ?? []
                return [parts[0], .string(Self.plain(parts[1].text ?? "")), parts[2], parts[3]]
            }
            #expect(ours == theirs, "\(one["component"]?.text ?? "") \(parts[0].serialized)")
        }
    }

    private static func rehearsal(_ one: JSON) throws -> Rehearsal {
        try Rehearsal(one["component"]?.text ?? "", one["config"]?.serialized ?? "", topic: one["topic"]?.text)
    }

    /// A payload with the members of JSON in one order, and numbers as numbers: "2.0" in JSON is 2.
    private static func plain(_ text: String) -> String {
        guard text.hasPrefix("{"), let json = try? JSON(parsing: Array(text.utf8)), case .object(let members) = json else { return text }
        return members.map { "\($0.key)=\($0.value.number.map(\.description) ?? plain($0.value.text ?? $0.value.serialized))" }.sorted()
            .joined(separator: ",")
    }

    /// Parts with one property have it under "value" in the golden file.
    private static func name(_ name: String, _ part: Part) -> String {
        name == "value" || part.component.description == "event" ? part.properties[0].name : name
    }

    private static func agree(_ ours: PropertyValue?, _ theirs: JSON, _ name: String) -> Bool {
        switch (ours, theirs) {
        case (.boolean(let a)?, .bool(let b)): a == b
        case (.number(let a)?, _):
            (theirs.number ?? theirs.text.flatMap(Double.init)).map { abs(a - $0) <= (name == "speed" ? 1 : 0.5) } ?? false
        case (.text(let a)?, .string(let b)): a == b
        // Points of the chromaticity diagram are taken for other colours there, by a wider triangle of primaries than sRGB.
        case (.color(let a)?, .object):
            abs(a.hue - (theirs["hue"]?.number ?? 0)) < 15 && abs(a.saturation - (theirs["saturation"]?.number ?? 0)) < 20
        default: false
        }
    }
}
