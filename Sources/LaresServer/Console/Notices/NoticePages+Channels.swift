import Hummingbird
import LaresAccess
import LaresPlaces

/// Channels: entering, changing, trying and removing them.
extension NoticePages {
    @Sendable func newChannel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, _ in
            try show(ChannelForm(kind: request.queryFields.get("kind") ?? ""), viewer)
        }
    }

    @Sendable func channel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in
            guard let channel = try found(context, outbox) else { return try console.missingPage(request, context) }
            return try show(ChannelForm(channel), viewer)
        }
    }

    private func found(_ context: LaresContext, _ outbox: Outbox) throws -> NoticeChannel? {
        try outbox.channels().first { $0.name == context.parameter("channel") }
    }

    private func show(_ form: ChannelForm, _ viewer: Viewer, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer)
        var fields = form.fields(words, trouble)
        fields.merge(Trouble.fields(trouble, title: words("notices.wrong"), form: ["name"])) { $1 }
        let title = form.isOld ? "\(fields["nameValue"] ?? "")" : words("channel.new")
        return try console.html(.channel, title: title, fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable func saveChannel(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await administer(incoming, context) { viewer, outbox in
            let old = try found(context, outbox)
            guard old != nil || context.parameter("channel") == nil else { return try console.missingPage(incoming, context) }
            let channel = ChannelForm(form, replacing: old), words = console.words(viewer), name = old?.name ?? form["name"]
            do {
                guard try old != nil || !outbox.channels().contains(where: { $0.name == name }) else {
                    return try show(channel, viewer, trouble: Trouble(words("notices.wrong.taken"), field: "name"))
                }
                try outbox.set(channel: channel.json)
                console.audit.note(.homeChanged, "channel/\(name)", by: context.caller, context.logger)
                return .redirect(to: "/notices?saved=1")
            } catch let error as OutboxError {
                return try show(channel, viewer, trouble: Trouble(error, words, fields: channel.names))
            }
        }
    }

    /// Sends a few words, so that a person sees whether they arrive.
    @Sendable func test(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in
            guard let channel = try found(context, outbox) else { return try console.missingPage(request, context) }
            try outbox.test(channel.name, text: console.words(viewer)("notices.testText", ["place": console.place]))
            return .redirect(to: "/notices?tested=1")
        }
    }

    @Sendable func askToRemoveChannel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in
            guard let channel = try found(context, outbox) else { return try console.missingPage(request, context) }
            return try confirm(channel.name, "channel", viewer)
        }
    }

    /// Asks whether something is to be removed; `word` begins the keys of the texts and the address.
    func confirm(_ name: String, _ word: String, _ viewer: Viewer) throws -> Response {
        let words = console.words(viewer), page = "/notices/\(word)s/\(name.pathEscaped)"
        return try console.html(
            .confirm, title: words("notices.removeTitle", ["name": name.printable]),
            [
                "text": words("notices.gone.\(word)"), "action": page + "/remove", "back": page, "keep": words("person.keep"),
                "do": words("person.removeDo"),
            ], viewer: viewer)
    }

    @Sendable func removeChannel(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await administer(request, context) { viewer, outbox in
            guard let channel = try found(context, outbox) else { return try console.missingPage(request, context) }
            do {
                try outbox.remove(channel: channel.name)
                console.audit.note(.homeChanged, "channel/\(channel.name)", by: context.caller, context.logger)
                return .redirect(to: "/notices?saved=1")
            } catch let error as OutboxError {
                return try show(viewer, trouble: Trouble(error, console.words(viewer), fields: []))
            }
        }
    }
}
