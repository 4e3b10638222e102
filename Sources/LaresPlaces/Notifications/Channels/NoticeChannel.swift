/// A way to reach someone, by its name.
///
/// Administrators enter channels, so that their addresses may be private ones; nobody else's text becomes an address.
public struct NoticeChannel: Hashable, Sendable {
    /// How many there may be.
    public static let most = 100

    /// Its name: 1 to 60 lower-case letters, digits, "_" and "-".
    public let name: String
    /// What it is.
    public let kind: Kind

    /// What a channel is.
    public enum Kind: Hashable, Sendable {
        /// A program's address that takes JSON.
        case webhook(Webhook)
        /// A topic of an ntfy server.
        case ntfy(Ntfy)
        /// A mailbox.
        case email(Email)
    }

    /// Nil for a name that can't be one.
    public init?(_ name: String, _ kind: Kind) {
        guard Self.isName(name) else { return nil }
        (self.name, self.kind) = (name, kind)
    }

    static func isName(_ text: String) -> Bool { RuleID(text) != nil }
}

/// An address that is sent JSON by POST.
public struct Webhook: Hashable, Sendable {
    /// The address.
    public let address: WebAddress
    /// Sent as `Authorization: Bearer …`; nil: nothing is.
    public let token: Secret?

    /// An address.
    public init(_ address: WebAddress, token: Secret? = nil) { (self.address, self.token) = (address, token) }
}

/// A topic of an ntfy server (<https://docs.ntfy.sh/publish/>).
public struct Ntfy: Hashable, Sendable {
    /// The server: "https://ntfy.sh".
    public let server: WebAddress
    /// The topic: 1 to 64 letters, digits, "_" and "-". Whoever knows it reads it, where the server asks for no login.
    public let topic: String
    /// Who sends.
    public let login: Login
    /// Up to 8 words that stand with every message; some become emoji.
    public let tags: [String]

    /// How the server is told who sends.
    public enum Login: Hashable, Sendable {
        /// It isn't.
        case none
        /// By an access token.
        case token(Secret)
        /// By a user and a password.
        case password(user: String, Secret)
    }

    /// Nil for a topic, tags or a user that can't be any.
    public init?(_ server: WebAddress, topic: String, login: Login = .none, tags: [String] = []) {
        let isWord = { (byte: UInt8) in byte != UInt8(ascii: ".") && (MailAddress.isHost(byte) || byte == UInt8(ascii: "_")) }
        guard (1...64).contains(topic.utf8.count), topic.utf8.allSatisfy(isWord), tags.count <= 8,
            tags.allSatisfy({ (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy(isWord) || $0 == "+1" })
        else { return nil }
        if case .password(let user, _) = login, !Email.isUser(user) { return nil }
        (self.server, self.topic, self.login, self.tags) = (server, topic, login, tags)
    }
}

/// A mailbox, and the server that takes mail for it (SMTP).
public struct Email: Hashable, Sendable {
    /// The server's name or address.
    public let host: String
    /// Its port: 587 for `startTLS`, 465 for `tls` and 25 for `none`, unless it is said.
    public let port: Int
    /// How the connection is kept from others.
    public let security: Security
    /// Who sends; nil: the server isn't told.
    public let login: Login?
    /// Who it is from.
    public let from: MailAddress
    /// Who it is for.
    public let to: MailAddress

    /// How a connection is kept from others.
    public enum Security: String, Sendable, Hashable, CaseIterable {
        /// It begins openly, and nothing is sent before it is encrypted.
        case startTLS = "starttls"
        /// It is encrypted from the beginning.
        case tls
        /// It isn't: for a server in the house.
        case none
    }

    /// A user and a password.
    public struct Login: Hashable, Sendable {
        /// The user.
        public let user: String
        /// The password.
        public let password: Secret

        /// Nil for a user that can't be one.
        public init?(_ user: String, _ password: Secret) {
            guard Email.isUser(user) else { return nil }
            (self.user, self.password) = (user, password)
        }
    }

    /// Nil for a host or port that can't be one.
    public init?(
        host: String, port: Int? = nil, security: Security = .startTLS, login: Login? = nil, from: MailAddress, to: MailAddress
    ) {
        let isHost = host.utf8.allSatisfy { MailAddress.isHost($0) || $0 == UInt8(ascii: ":") }
        let port = port ?? [.startTLS: 587, .tls: 465, .none: 25][security, default: 25]
        guard (1...253).contains(host.utf8.count), isHost, !host.hasPrefix("-"), (1...65_535).contains(port) else { return nil }
        (self.host, self.port, self.security, self.login, self.from, self.to) = (host, port, security, login, from, to)
    }

    /// A colon would end the user where user and password are joined by one.
    static func isUser(_ text: String) -> Bool { (1...200).contains(text.utf8.count) && !text.contains(":") && OneLine.isClean(text) }
}
