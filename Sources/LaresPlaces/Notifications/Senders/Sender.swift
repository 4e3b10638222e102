public import Foundation

/// Something for one channel, ready to go.
public struct Parcel: Sendable {
    /// Where to.
    public let kind: NoticeChannel.Kind
    /// What is sent.
    public let content: Delivery.Content
    /// What the other side can tell by that it has had it already.
    public let key: String
    /// Whether it is urgent.
    public let isUrgent: Bool
    /// When it was put in the outbox.
    public let createdAt: Date

    /// Something for one channel.
    public init(_ kind: NoticeChannel.Kind, _ content: Delivery.Content, key: String, isUrgent: Bool, createdAt: Date) {
        (self.kind, self.content, self.key, self.isUrgent, self.createdAt) = (kind, content, key, isUrgent, createdAt)
    }
}

/// Sends things on channels: tries once, within a bounded time, and says what came of it.
public protocol Sender: Sendable {
    /// Sends one thing.
    func send(_ parcel: Parcel) async -> SendOutcome
}

/// The network: HTTP for webhooks and ntfy, `curl` for mail.
public struct NetworkSender: Sender {
    private let web: WebSender
    private let mail: MailSender

    /// A sender that keeps mail on its way in a folder of its own, which it empties first.
    public init(folder: String) {
        (web, mail) = (WebSender(), MailSender(folder: folder))
    }

    /// Sends one thing.
    public func send(_ parcel: Parcel) async -> SendOutcome {
        switch parcel.kind {
        case .webhook(let webhook): await web.send(parcel, to: webhook)
        case .ntfy(let ntfy): await web.send(parcel, to: ntfy)
        case .email(let email): await mail.send(parcel, to: email)
        }
    }
}
