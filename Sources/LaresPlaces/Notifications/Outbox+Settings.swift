public import LaresJSON
internal import LaresThings

/// Channels and recipients.
extension Outbox {
    /// The channels by name.
    public func channels() throws -> [NoticeChannel] { try store.channels() }

    /// Puts a channel in place, or another in its place; a password or token that is left out stays, as long as the server does.
    ///
    /// - Throws: ``OutboxError``: `badChannel`, `full`; an error of the database.
    @discardableResult
    public func set(channel json: JSON) throws -> NoticeChannel {
        let channels = try store.channels()
        let channel = try NoticeChannel(json, replacing: channels.first { $0.name == json["name"]?.text })
        guard channels.count < NoticeChannel.most || channels.contains(where: { $0.name == channel.name }) else {
            throw OutboxError(.full, "there are \(NoticeChannel.most) channels already: remove one first")
        }
        try store.save(channel)
        return channel
    }

    /// Takes a channel away. What waits for it is given up.
    ///
    /// - Throws: ``OutboxError``: `unknown`, `inUse` while a recipient has it; an error of the database.
    public func remove(channel name: String) throws {
        guard try store.channel(name) != nil else { throw OutboxError(.unknown, "there is no channel '\(name)'") }
        if let recipient = try store.recipients().first(where: { $0.channels.contains(name) }) {
            throw OutboxError(.inUse, "'\(recipient.name)' is told things on '\(name)': take it away there first")
        }
        try store.remove(channel: name, at: clock.now)
    }

    /// The recipients by name.
    public func recipients() throws -> [NoticeRecipient] { try store.recipients() }

    /// Puts a recipient in place, or another in their place.
    ///
    /// - Throws: ``OutboxError``: `badRecipient`, `unknown` for a channel that isn't there, `full`; an error of the database.
    public func set(_ recipient: NoticeRecipient) throws {
        let (channels, recipients) = (try store.channels(), try store.recipients())
        if let missing = recipient.channels.first(where: { name in !channels.contains { $0.name == name } }) {
            throw OutboxError(.unknown, "there is no channel '\(missing)': enter it first")
        }
        guard recipients.count < NoticeRecipient.most || recipients.contains(where: { $0.name == recipient.name }) else {
            throw OutboxError(.full, "there are \(NoticeRecipient.most) recipients already: remove one first")
        }
        try store.save(recipient)
    }

    /// Takes a recipient away. What is on its way to them goes on.
    ///
    /// - Throws: ``OutboxError`` with `unknown`; an error of the database.
    public func remove(recipient name: String) throws {
        guard try store.recipients().contains(where: { $0.name == name }) else {
            throw OutboxError(.unknown, "there is no recipient '\(name)'")
        }
        try store.remove(recipient: name)
    }

    /// What was sent, waits, or was given up, newest first.
    public func deliveries(limit: Int = 100) throws -> [Delivery] { try store.deliveries(limit: limit) }
}
