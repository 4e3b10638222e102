internal import Foundation
internal import GRDB
public import LaresJSON
internal import LaresThings

/// Putting things in the outbox.
extension Outbox {
    /// Keeps a notice, and its deliveries with it, in one transaction.
    ///
    /// - Parameters:
    ///   - notice: What people are told. It goes to the channels of its recipient; without one, to everybody's, to each channel once. To whom
    ///     there is no channel, or nobody of that name, it is only shown.
    ///   - isUrgent: Whether it comes through in quiet hours and goes first.
    /// - Returns: How many deliveries it makes.
    /// - Throws: An error of the database; neither the notice nor a delivery is kept then.
    @discardableResult
    public func post(_ notice: Notice, isUrgent: Bool = false) throws -> Int {
        let notice = notice.bounded
        let count = try store.pool.write { database in
            try RuleStore.insert(notice, into: database)
            let known = try OutboxStore.recipients(database)
            let recipients = notice.recipient.map { name in known.filter { $0.name == name } } ?? known
            let deliveries = deliveries(of: notice, to: recipients, isUrgent)
            try OutboxStore.add(deliveries, limits: limits, at: clock.now, to: database)
            return deliveries.count
        }
        wake()
        return count
    }

    /// A channel of several people is used when the first of them may be disturbed.
    private func deliveries(of notice: Notice, to recipients: [NoticeRecipient], _ isUrgent: Bool) -> [Delivery] {
        var (deliveries, places) = ([Delivery](), [String: Int]())
        for recipient in recipients {
            let due = isUrgent ? clock.now : recipient.quiet?.release(clock.now, in: site.zone) ?? clock.now
            for channel in recipient.channels {
                if let place = places[channel], deliveries[place].dueAt <= due { continue }
                let content = Delivery.Content.notice(notice, language: recipient.language)
                let new = delivery(to: channel, for: recipient.name, content, isUrgent, due: due)
                if let place = places[channel] {
                    deliveries[place] = new
                } else {
                    places[channel] = deliveries.count
                    deliveries.append(new)
                }
            }
        }
        return deliveries
    }

    /// Has an address called for a rule.
    ///
    /// - Parameters:
    ///   - address: The name of a webhook channel, or its address; a trusted rule may call any.
    ///   - body: What it is sent; nil: an empty object.
    ///   - rule: The rule.
    ///   - isTrusted: Whether a person who may said that the rule may do what is dangerous.
    /// - Throws: ``OutboxError`` with `notAllowed` for an address that isn't a channel's, `badContent` for a body that is too long; an error of
    ///   the database.
    public func call(_ address: String, body: JSON?, for rule: RuleID, isTrusted: Bool) throws {
        let body = body ?? .object(JSON.Members())
        guard body.serialized.utf8.count <= limits.bodyBytes else {
            throw OutboxError(.badContent, "the body for '\(address)' has more than \(limits.bodyBytes) bytes: send less")
        }
        let channel = try store.channels().first { $0.webhook != nil && ($0.name == address || $0.webhook?.address.text == address) }
        guard let target = channel?.name ?? (isTrusted ? WebAddress(address)?.text : nil) else {
            throw OutboxError(
                .notAllowed,
                "'\(address)' isn't called: enter it as a channel, or save the rule again with \"trusted\": true and a whole address")
        }
        let delivery = delivery(to: target, for: nil, .call(body, rule: rule.description), false, due: clock.now)
        try store.pool.write { try OutboxStore.add([delivery], limits: limits, at: clock.now, to: $0) }
        wake()
    }

    /// Sends a few words on a channel, so that a person sees whether it works.
    ///
    /// - Throws: ``OutboxError`` with `unknown`; an error of the database.
    public func test(_ channel: String, text: String) throws {
        guard try store.channel(channel) != nil else { throw OutboxError(.unknown, "there is no channel '\(channel)'") }
        let notice = Notice(date: clock.now, text: text, title: nil, recipient: nil, rule: "").bounded
        let delivery = delivery(to: channel, for: nil, .notice(notice, language: .english), true, due: clock.now)
        try store.pool.write { try OutboxStore.add([delivery], limits: limits, at: clock.now, to: $0) }
        wake()
    }

    private func delivery(
        to target: String, for recipient: String?, _ content: Delivery.Content, _ isUrgent: Bool, due: Date
    ) -> Delivery {
        Delivery(
            target: target, recipient: recipient, key: chance.key(), content: content, isUrgent: isUrgent,
            createdAt: clock.now, expiresAt: due + policy.patience, dueAt: due)
    }
}
