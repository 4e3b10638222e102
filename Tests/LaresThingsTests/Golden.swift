import Foundation
import LaresJSON
import LaresThings

/// What other programs make of templates and announcements (Golden/README.md).
enum Golden {
    static func json(_ name: String) throws -> JSON {
        let url = Bundle.module.bundleURL.appendingPathComponent("Golden/\(name).json")
        return try JSON(parsing: [UInt8](Data(contentsOf: url)))
    }
}

/// A part with what was reported of it, as a hub keeps it.
struct Rehearsal {
    let part: Part
    private(set) var known: [String: PropertyValue] = [:]
    private(set) var problems: [String] = []

    init(_ part: Part) { self.part = part }

    /// Announces a component and takes the only part that follows.
    init(_ component: String, _ config: String, topic: String? = nil) throws {
        var discovery = HomeAssistantDiscovery()
        let said = discovery.read(MQTTMessage(topic ?? "homeassistant/\(component)/x/config", config))
        guard said.count == 1, case .part(let part) = said[0] else { throw ThingsError(.badAnnouncement, "\(said)") }
        self.init(part)
    }

    /// Hears a message on a topic.
    mutating func hear(_ topic: String, _ text: String) {
        var payload = Payload(Array(text.utf8))
        for reader in part.readers where reader.topic == topic {
            do {
                for report in try reader.reports(of: &payload) { known[part.properties[report.property].name] = report.value }
            } catch {
                problems.append(error.message)
            }
        }
    }

    /// What is published to set properties, as "topic payload".
    func told(_ setting: [String: PropertyValue]) throws -> [String] {
        try part.messages(setting: setting, knowing: known).map { "\($0.topic) \(String(decoding: $0.payload, as: UTF8.self))" }
    }

    subscript(_ property: String) -> PropertyValue? { known[property] }
}

extension PropertyValue: ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral
{
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(floatLiteral value: Double) { self = .number(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(stringLiteral value: String) { self = .text(value) }
}

extension Announcement {
    var part: Part? { if case .part(let part) = self { part } else { nil } }
    var gone: String? { if case .gone(let key) = self { key } else { nil } }
    var refusal: String? { if case .refused(_, let reason) = self { reason } else { nil } }
}
