internal import Foundation
public import LaresJSON

extension Delivery.Content {
    /// The content as it is kept.
    var kept: JSON {
        switch self {
        case .notice(let notice, let language): ["notice": notice.kept, "language": .string(language.rawValue)]
        case .call(let body, let rule): ["call": body, "rule": .string(rule)]
        }
    }

    /// Nil for what isn't any.
    init?(kept json: JSON) {
        if let notice = json["notice"].flatMap({ Notice(kept: $0) }) {
            let language = json["language"]?.text.flatMap { NoticeRecipient.Language(rawValue: $0) }
            self = .notice(notice, language: language ?? .english)
        } else if let body = json["call"], let rule = json["rule"]?.text {
            self = .call(body, rule: rule)
        } else {
            return nil
        }
    }
}

extension Notice {
    /// The most characters of a text that leave the house.
    static let longestText = 4000
    /// The most characters of a title.
    static let longestTitle = 200

    fileprivate var kept: JSON {
        var members: JSON.Members = ["time": .double(date.timeIntervalSince1970), "text": .string(text), "rule": .string(rule)]
        members["title"] = title.map { .string($0) }
        members["to"] = recipient.map { .string($0) }
        return .object(members)
    }

    fileprivate init?(kept json: JSON) {
        guard let time = json["time"]?.number, let text = json["text"]?.text, let rule = json["rule"]?.text else { return nil }
        self.init(
            date: Date(timeIntervalSince1970: time), text: text, title: json["title"]?.text, recipient: json["to"]?.text, rule: rule)
    }

    /// The notice, fit to leave the house: bounded, and without control characters.
    var bounded: Notice {
        Notice(
            date: date, text: Self.cleaned(text, most: Self.longestText), title: title.map { OneLine.of($0, most: Self.longestTitle) },
            recipient: recipient, rule: rule)
    }

    /// The first characters of a text, without control characters other than ends of lines and tabs.
    static func cleaned(_ text: String, most: Int) -> String {
        // A character may be thousands of marks on one letter.
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(4 * most) {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            if !isControl { kept.append(scalar) }
        }
        return String(String(kept).prefix(most))
    }
}

extension Delivery {
    /// The delivery as it may be shown: of an address only where it leads.
    public var json: JSON {
        var members: JSON.Members = [
            "id": .int(Int(number)), "to": .string(WebAddress(target)?.description ?? target), "state": .string(state.rawValue),
            "urgent": .bool(isUrgent), "attempts": .int(attempts), "created": .string(ISO8601.text(Instant(flooring: createdAt))),
        ]
        members["recipient"] = recipient.map { .string($0) }
        if case .notice(let notice, _) = content { members["text"] = .string(notice.text) }
        if state == .queued { members["due"] = .string(ISO8601.text(Instant(flooring: dueAt))) }
        members["ended"] = endedAt.map { .string(ISO8601.text(Instant(flooring: $0))) }
        members["reason"] = reason.map { .string($0) }
        return .object(members)
    }
}
