import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The pages of notices: what people were told, whether it reached them, and how they are reached.
struct NoticePages: Sendable {
    let console: Console
    let automations: Automations
    /// What sends; nil: notices are only shown.
    var outbox: Outbox? { automations.outbox }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/notices", use: list)
        guard outbox != nil else { return }
        router.get("/new-channel", use: newChannel)
        router.post("/new-channel", use: saveChannel)
        router.get("/notices/channels/:channel", use: channel)
        router.post("/notices/channels/:channel", use: saveChannel)
        router.post("/notices/channels/:channel/test", use: test)
        router.get("/notices/channels/:channel/remove", use: askToRemoveChannel)
        router.post("/notices/channels/:channel/remove", use: removeChannel)
        router.get("/new-recipient", use: newRecipient)
        router.post("/new-recipient", use: saveRecipient)
        router.get("/notices/recipients/:recipient", use: recipient)
        router.post("/notices/recipients/:recipient", use: saveRecipient)
        router.get("/notices/recipients/:recipient/remove", use: askToRemoveRecipient)
        router.post("/notices/recipients/:recipient/remove", use: removeRecipient)
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let query = request.queryFields
            return try show(
                viewer, note: query.get("tested") != nil ? "notices.tested" : query.get("saved") != nil ? "settings.saved" : nil)
        }
    }

    func show(_ viewer: Viewer, note: String? = nil, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer), mayAct = viewer.caller.mayAdminister && outbox != nil
        let view = NoticesView(
            notices: try automations.notices(), deliveries: mayAct ? try outbox?.deliveries(limit: 50) ?? [] : [],
            channels: mayAct ? try outbox?.channels() ?? [] : [], recipients: mayAct ? try outbox?.recipients() ?? [] : [],
            trouble: outbox?.trouble, amount: console.amount(viewer), now: .now)
        var fields = view.fields
        (fields["mayAct"], fields["note"]) = (mayAct, note.map { words($0) } ?? false)
        fields.merge(Trouble.fields(trouble, title: words("notices.wrong"))) { $1 }
        return try console.html(
            .notices, title: words("notices.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    /// Runs a handler for those who may change how people are reached.
    func administer(_ request: Request, _ context: LaresContext, _ make: (Viewer, Outbox) async throws -> Response) async throws -> Response
    {
        try await console.administer(request, context) { viewer, _ in
            guard let outbox else { return try console.missingPage(request, context) }
            return try await make(viewer, outbox)
        }
    }
}

/// What people were told, and how it went.
struct NoticesView {
    let notices: [Notice]
    let deliveries: [Delivery]
    let channels: [NoticeChannel]
    let recipients: [NoticeRecipient]
    let trouble: String?
    let amount: Amount
    let now: Date

    private var words: Words { amount.words }

    private var sentence: String {
        let waiting = deliveries.count { $0.state == .queued || $0.state == .sending }, failed = deliveries.count { $0.state == .failed }
        guard !deliveries.isEmpty else {
            return notices.isEmpty ? words("notices.none") : words("notices.told", ["when": amount.ago(notices[0].date, now: now)])
        }
        return words("notices.sentence", ["waiting": "\(waiting)", "failed": "\(failed)"])
    }

    /// The fields of the template `notices`.
    var fields: [String: Any] {
        [
            "sentence": sentence, "stuck": trouble ?? false, "told": notices.prefix(30).map(told), "anyTold": !notices.isEmpty,
            "deliveries": deliveries.map(row), "anyDeliveries": !deliveries.isEmpty, "channels": channels.map(channel),
            "anyChannels": !channels.isEmpty, "recipients": recipients.map(recipient), "anyRecipients": !recipients.isEmpty,
        ]
    }

    private func told(_ notice: Notice) -> [String: Any] {
        [
            "text": notice.text.printable, "heading": notice.title?.printable ?? false, "iso": amount.exact(notice.date),
            "ago": amount.ago(notice.date, now: now),
            "whom": notice.recipient.map { words("notices.to", ["name": $0.printable]) } ?? words("notices.all"),
            "rule": RuleID(notice.rule) == nil ? false : notice.rule,
        ]
    }

    /// "Sent", or until when it waits: quiet hours, or the next try.
    private func state(_ delivery: Delivery) -> String {
        guard delivery.state == .queued, delivery.dueAt > now else { return words("notices.state.\(delivery.state.rawValue)") }
        return words("notices.waitsUntil", ["time": amount.time(delivery.dueAt)])
    }

    private func row(_ delivery: Delivery) -> [String: Any] {
        let (tone, icon) =
            switch delivery.state {
            case .sent: ("ok", "check")
            case .failed: ("bad", "alert")
            case .queued, .sending: ("info", "clock")
            }
        let text: String =
            if case .notice(let notice, _) = delivery.content { notice.text.printable } else { words("notices.call") }
        return [
            "what": text, "to": (delivery.recipient.map { $0.printable + " · " } ?? "") + (delivery.json["to"]?.text ?? "").printable,
            "tone": tone, "stateIcon": icon, "state": state(delivery),
            "reason": delivery.reason?.printable ?? false,
            "iso": amount.exact(delivery.endedAt ?? delivery.createdAt),
            "ago": amount.ago(delivery.endedAt ?? delivery.createdAt, now: now),
        ]
    }

    private func channel(_ channel: NoticeChannel) -> [String: Any] {
        let json = channel.json
        let place = json["address"]?.text ?? json["topic"]?.text ?? json["to"]?.text ?? ""
        return [
            "channel": channel.name, "href": "/notices/channels/\(channel.name)", "kind": words("channel.\(json["kind"]?.text ?? "")"),
            "place": place.printable, "testName": words("notices.testName", ["name": channel.name]),
        ]
    }

    private func recipient(_ recipient: NoticeRecipient) -> [String: Any] {
        let quiet = recipient.quiet.map { quiet in
            words("notices.quiet", ["from": "\(quiet.block.from)", "to": quiet.block.to.map { "\($0)" } ?? ""])
        }
        return [
            "recipient": recipient.name.printable, "href": "/notices/recipients/\(recipient.name.pathEscaped)",
            "on": recipient.channels.isEmpty ? words("notices.nowhere") : recipient.channels.joined(separator: words("list.comma")),
            "quiet": quiet ?? false,
        ]
    }
}
