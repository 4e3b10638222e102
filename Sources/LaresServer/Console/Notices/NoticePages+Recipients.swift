import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// Recipients: who is told, on what, and when not.
extension NoticePages {
    @Sendable func newRecipient(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in try show(RecipientForm(viewer.language), viewer, outbox) }
    }

    @Sendable func recipient(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in
            guard let recipient = try found(context, outbox) else { return try console.missingPage(request, context) }
            return try show(RecipientForm(recipient), viewer, outbox)
        }
    }

    private func found(_ context: LaresContext, _ outbox: Outbox) throws -> NoticeRecipient? {
        try outbox.recipients().first { $0.name == context.parameter("recipient") }
    }

    private func show(_ form: RecipientForm, _ viewer: Viewer, _ outbox: Outbox, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer)
        var fields = form.fields(words, channels: try outbox.channels().map(\.name))
        fields["people"] = try console.people?.list().map(\.name.printable) ?? []
        fields.merge(Trouble.fields(trouble, title: words("notices.wrong"), form: RecipientForm.checked)) { $1 }
        let title = form.isOld ? form.name.printable : words("recipient.new")
        return try console.html(.recipient, title: title, fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable func saveRecipient(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await administer(incoming, context) { viewer, outbox in
            let old = try found(context, outbox), words = console.words(viewer)
            guard old != nil || context.parameter("recipient") == nil else { return try console.missingPage(incoming, context) }
            let recipient = RecipientForm(form, replacing: old, channels: try outbox.channels().map(\.name))
            do {
                guard try old != nil || !outbox.recipients().contains(where: { $0.name == recipient.name }) else {
                    return try show(recipient, viewer, outbox, trouble: Trouble(words("notices.wrong.taken"), field: "name"))
                }
                try outbox.set(try NoticeRecipient(recipient.json))
                console.audit.note(.homeChanged, "recipient/\(recipient.name)", by: context.caller, context.logger)
                return .redirect(to: "/notices?saved=1")
            } catch let error as OutboxError {
                return try show(
                    recipient, viewer, outbox, trouble: Trouble(error, words, fields: RecipientForm.checked))
            }
        }
    }

    @Sendable func askToRemoveRecipient(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in
            guard let recipient = try found(context, outbox) else { return try console.missingPage(request, context) }
            return try confirm(recipient.name, "recipient", viewer)
        }
    }

    @Sendable func removeRecipient(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in
            guard let recipient = try found(context, outbox) else { return try console.missingPage(request, context) }
            try outbox.remove(recipient: recipient.name)
            console.audit.note(.homeChanged, "recipient/\(recipient.name)", by: context.caller, context.logger)
            return .redirect(to: "/notices?saved=1")
        }
    }
}

/// A recipient as a form describes it.
struct RecipientForm {
    static let checked = ["name", "channels", "from", "to"]

    let isOld: Bool
    private(set) var name = ""
    private var chosen: Set<String> = []
    private var from = ""
    private var to = ""
    private var days = Set(Weekday.allCases)
    private var language: String

    /// Someone new.
    init(_ language: Language) { (isOld, self.language) = (false, language.rawValue) }

    /// Someone who is there.
    init(_ recipient: NoticeRecipient) {
        (isOld, name, chosen, language) = (true, recipient.name, Set(recipient.channels), recipient.language.rawValue)
        guard let block = recipient.quiet?.block else { return }
        (from, to, days) = ("\(block.from)", block.to.map { "\($0)" } ?? "", block.days)
    }

    /// What a person filled in.
    init(_ form: Form, replacing old: NoticeRecipient?, channels: [String]) {
        (isOld, name, language) = (old != nil, old?.name ?? form["name"], form["language"])
        chosen = Set(channels.filter { form["channel-\($0)"] == "1" })
        (from, to) = (form["from"], form["to"])
        days = Set(Weekday.allCases.filter { form["day-\($0.rawValue)"] == "1" })
    }

    /// The recipient as the outbox reads it. Without times there are no quiet hours.
    var json: JSON {
        var members: JSON.Members = [
            "name": .string(name), "channels": .array(chosen.sorted().map { .string($0) }), "language": .string(language),
        ]
        guard !from.isEmpty || !to.isEmpty else { return .object(members) }
        let words = Weekday.allCases.filter(days.contains).map { JSON.string($0.rawValue) }
        members["quiet"] = ["days": .array(words), "from": .string(from), "to": .string(to)]
        return .object(members)
    }

    /// The fields of the template `recipient`.
    func fields(_ words: Words, channels: [String]) -> [String: Any] {
        [
            "isOld": isOld, "nameValue": name, "page": "/notices/recipients/\(name.pathEscaped)",
            "choices": channels.map { ["channel": $0, "checked": chosen.contains($0)] as [String: Any] }, "anyChoices": !channels.isEmpty,
            "fromValue": from, "toValue": to, "languages": PersonWords(words).languages(language),
            "weekdays": Weekday.allCases.map {
                ["value": $0.rawValue, "word": words("week.\($0.rawValue)"), "checked": days.contains($0)] as [String: Any]
            },
        ]
    }
}
