import Foundation
import LaresJSON
import LaresPlaces

/// A channel as a form describes it.
struct ChannelForm {
    /// A field of the form.
    private struct Entry {
        let name: String
        let type: String
        var isRequired = false

        var isSecret: Bool { type == "password" }
    }

    static let kinds = ["ntfy", "email", "webhook"]

    let kind: String
    /// Whether it is there already: then passwords and addresses that are left out stay.
    let isOld: Bool
    private var values: [String: String] = [:]

    /// A channel that is new.
    init(kind: String) {
        (self.kind, isOld) = (Self.kinds.contains(kind) ? kind : "ntfy", false)
        values = ["server": "https://ntfy.sh", "security": "starttls", "port": "587"]
    }

    /// One that is there.
    init(_ channel: NoticeChannel) {
        let json = channel.json
        (kind, isOld) = (json["kind"]?.text ?? "ntfy", true)
        values = ["name": channel.name]
        for entry in entries where !entry.isSecret {
            guard let value = json[entry.name] else { continue }
            values[entry.name] = value.elements.map { $0.compactMap(\.text).joined(separator: ", ") } ?? value.text ?? value.serialized
        }
    }

    /// What a person filled in.
    init(_ form: Form, replacing channel: NoticeChannel?) {
        let kind = channel?.json["kind"]?.text ?? form["kind"]
        (self.kind, isOld) = (Self.kinds.contains(kind) ? kind : "ntfy", channel != nil)
        values["name"] = channel?.name ?? form["name"]
        for entry in entries { values[entry.name] = form[entry.name] }
    }

    private var entries: [Entry] {
        switch kind {
        case "webhook": [Entry(name: "url", type: "url", isRequired: !isOld), Entry(name: "token", type: "password")]
        case "email":
            [
                Entry(name: "host", type: "text", isRequired: true), Entry(name: "port", type: "number"),
                Entry(name: "security", type: "choice"), Entry(name: "user", type: "text"), Entry(name: "password", type: "password"),
                Entry(name: "from", type: "email", isRequired: true), Entry(name: "to", type: "email", isRequired: true),
            ]
        default:
            [
                Entry(name: "server", type: "url", isRequired: true), Entry(name: "topic", type: "text", isRequired: true),
                Entry(name: "token", type: "password"), Entry(name: "user", type: "text"), Entry(name: "password", type: "password"),
                Entry(name: "tags", type: "text"),
            ]
        }
    }

    /// The names of its fields.
    var names: [String] { ["name"] + entries.map(\.name) }

    /// The channel as the outbox reads it.
    var json: JSON {
        var members: JSON.Members = ["name": .string(values["name"] ?? ""), "kind": .string(kind)]
        for entry in entries {
            guard let value = values[entry.name], !value.isEmpty else { continue }
            members[entry.name] =
                switch entry.name {
                case "tags": .array(value.split(whereSeparator: { ",，、".contains($0) }).map { .string(String($0.trimmingSpaces())) })
                case "port": Int(value).map { .int($0) } ?? .string(value)
                default: .string(value)
                }
        }
        return .object(members)
    }

    /// The fields of the template `channel`.
    func fields(_ words: Words, _ trouble: Trouble?) -> [String: Any] {
        [
            "kind": kind, "kindWord": words("channel.\(kind)"), "isOld": isOld, "nameValue": values["name"] ?? "",
            "entries": entries.map { field($0, words, trouble) },
            "kinds": Self.kinds.map {
                ["href": "/new-channel?kind=\($0)", "word": words("channel.\($0)"), "current": $0 == kind] as [String: Any]
            },
        ]
    }

    private func field(_ entry: Entry, _ words: Words, _ trouble: Trouble?) -> [String: Any] {
        let wrong = trouble?.field == entry.name ? trouble?.sentence : nil
        let isKept = isOld && (entry.isSecret || entry.name == "url")
        let key = "channel.hint.\(entry.name)"
        let hint = isKept ? words("channel.kept") : words.has(key) ? words(key) : nil
        let about = [hint.map { _ in entry.name + "-h" }, wrong.map { _ in entry.name + "-wrong" }].compactMap(\.self)
        return [
            "id": entry.name, "label": words("channel.field.\(entry.name)"), "type": entry.type, "isChoice": entry.type == "choice",
            "value": entry.isSecret ? "" : values[entry.name] ?? "", "required": entry.isRequired, "hint": hint ?? false,
            "wrong": wrong ?? false, "about": about.isEmpty ? false : about.joined(separator: " "),
            "options": ["starttls", "tls", "none"].map { (way: String) -> [String: Any] in
                ["value": way, "word": words("channel.security.\(way)"), "chosen": way == values["security"]]
            },
        ]
    }
}

extension Trouble {
    /// Why a channel or a recipient isn't taken; the message names the field first.
    init(_ error: OutboxError, _ words: Words, fields: [String]) {
        let named = error.message.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first?.split(separator: ".").last.map(
            String.init)
        let field = named.flatMap { fields.contains($0) ? $0 : nil }
        let key = "notices.wrong.\(error.code.name)"
        self.init(words.has(key) ? words(key) : words("notices.wrong.field"), detail: error.message, field: field)
    }
}
