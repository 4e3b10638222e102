public import LaresJSON

/// Someone who is told things, by the name that rules have for them.
public struct NoticeRecipient: Hashable, Sendable {
    /// How many there may be.
    public static let most = 100

    /// Their name; 1 to 200 characters.
    public let name: String
    /// The names of the channels on which they are told; up to 8. None: only where notices are shown.
    public let channels: [String]
    /// When they don't want to be disturbed; nil: never.
    public let quiet: QuietHours?
    /// The language of what Lares itself says around a notice.
    public let language: Language

    /// A language that Lares speaks.
    public enum Language: String, Sendable, Hashable, CaseIterable {
        /// English.
        case english = "en"
        /// Chinese.
        case chinese = "zh"
    }

    /// Nil for a name that can't be one, and for too many channels.
    public init?(_ name: String, channels: [String], quiet: QuietHours? = nil, language: Language = .english) {
        guard PlainText.isName(name), channels.count <= 8, Set(channels).count == channels.count,
            channels.allSatisfy(NoticeChannel.isName)
        else { return nil }
        (self.name, self.channels, self.quiet, self.language) = (name, channels, quiet, language)
    }
}

extension NoticeRecipient {
    /// Reads and checks a recipient; unknown members are errors.
    ///
    /// - Throws: ``OutboxError`` with `badRecipient`, which names the place.
    public init(_ json: JSON) throws(OutboxError) {
        do throws(JSONError) {
            try self.init(JSONFields(json))
        } catch {
            throw OutboxError(.badRecipient, "the recipient: \(error.message)")
        }
    }

    private init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let name = try fields.label("name")
        let channels = try fields.strings("channels") ?? []
        let quiet = try fields.fields("quiet").map { (inner) throws(JSONError) in try QuietHours(inner) }
        let language: Language = try fields.choice("language") ?? .english
        try fields.end()
        guard let recipient = Self(name, channels: channels, quiet: quiet, language: language) else {
            throw fields.error("channels", "must name up to 8 channels, each once")
        }
        self = recipient
    }

    /// The recipient as plain data, which ``init(_:)`` reads back.
    public var json: JSON {
        var members: JSON.Members = ["name": .string(name), "channels": .array(channels.map { .string($0) })]
        members["quiet"] = quiet?.json
        members["language"] = .string(language.rawValue)
        return .object(members)
    }
}

extension QuietHours {
    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let (from, to, days) = (try fields.time("from"), try fields.time("to"), try fields.weekdays("days"))
        try fields.end()
        guard let from, let block = WeeklyBlock(days: days, from: from, to: to), let quiet = Self(block) else {
            throw fields.error("from", "and 'to' must be two times, such as \"22:00\" and \"07:00\"")
        }
        self = quiet
    }

    fileprivate var json: JSON {
        [
            "from": .string("\(block.from)"), "to": block.to.map { .string("\($0)") } ?? .null,
            "days": .array(Weekday.allCases.filter(block.days.contains).map { .string($0.rawValue) }),
        ]
    }
}
