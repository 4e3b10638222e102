public import LaresJSON

extension NoticeChannel {
    private enum Word: String, CaseIterable { case webhook, ntfy, email }

    /// Reads and checks a channel; unknown members are errors.
    ///
    /// - Parameters:
    ///   - json: The channel.
    ///   - old: The channel that it takes the place of. A password or token that is left out stays as it was, as long as the server does.
    /// - Throws: ``OutboxError`` with `badChannel`, which names the place.
    public init(_ json: JSON, replacing old: NoticeChannel? = nil) throws(OutboxError) {
        do throws(JSONError) {
            try self.init(JSONFields(json), old)
        } catch {
            throw OutboxError(.badChannel, "the channel: \(error.message)")
        }
    }

    private init(_ fields: JSONFields, _ old: NoticeChannel?) throws(JSONError) {
        var fields = fields
        let name = try fields.string("name") ?? ""
        guard let word: Word = try fields.choice("kind") else {
            throw fields.error("kind", "is missing; it may be \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let kind: Kind =
            switch word {
            case .webhook: .webhook(try Webhook(&fields, old?.webhook))
            case .ntfy: .ntfy(try Ntfy(&fields, old?.ntfy))
            case .email: .email(try Email(&fields, old?.email))
            }
        try fields.end()
        guard let channel = Self(name, kind) else {
            throw fields.error("name", "must have 1 to 60 lower-case letters, digits, '_' and '-'")
        }
        self = channel
    }

    var webhook: Webhook? { if case .webhook(let webhook) = kind { webhook } else { nil } }
    fileprivate var ntfy: Ntfy? { if case .ntfy(let ntfy) = kind { ntfy } else { nil } }
    fileprivate var email: Email? { if case .email(let email) = kind { email } else { nil } }
}

extension Webhook {
    /// An address that is left out stays as it was: what is shown of it doesn't say it.
    fileprivate init(_ fields: inout JSONFields, _ old: Webhook?) throws(JSONError) {
        guard let address = try fields.web("url") ?? old?.address else { throw fields.error("url", "is missing") }
        let token = try fields.secret("token")
        self.init(address, token: token ?? (old?.address.origin == address.origin ? old?.token : nil))
    }
}

extension Ntfy {
    fileprivate init(_ fields: inout JSONFields, _ old: Ntfy?) throws(JSONError) {
        guard let server = try fields.web("server"), server.text.dropFirst(server.origin.utf8.count).allSatisfy({ $0 == "/" }) else {
            throw fields.error("server", "must be where the server is and no more, such as \"https://ntfy.sh\"")
        }
        let topic = try fields.string("topic") ?? ""
        let login = try Login(&fields, old?.server.origin == server.origin ? old?.login : nil)
        guard let ntfy = Self(server, topic: topic, login: login, tags: try fields.strings("tags") ?? []) else {
            throw fields.error(
                "topic", "must have 1 to 64 letters, digits, '_' and '-'; so must each of up to 8 'tags', and 'user' has no colon")
        }
        self = ntfy
    }
}

extension Ntfy.Login {
    fileprivate init(_ fields: inout JSONFields, _ old: Self?) throws(JSONError) {
        let (token, user, password) = (try fields.secret("token"), try fields.string("user"), try fields.secret("password"))
        switch (token, user, password, old) {
        case (let token?, nil, nil, _): self = .token(token)
        case (nil, let user?, let password?, _): self = .password(user: user, password)
        case (nil, let user?, nil, .password(_, let password)?): self = .password(user: user, password)
        case (nil, nil, nil, .token(let token)?): self = .token(token)
        case (nil, nil, nil, _): self = .none
        default: throw fields.error("token", "and 'user' with 'password' are two ways to log in: give one of them, and all of it")
        }
    }
}

extension Email {
    fileprivate init(_ fields: inout JSONFields, _ old: Email?) throws(JSONError) {
        let host = try fields.string("host") ?? ""
        let port = try fields.int("port", in: 1...65_535)
        let security: Security = try fields.choice("security") ?? .startTLS
        let (user, password) = (try fields.string("user"), try fields.secret("password"))
        let isSame = old?.host == host && old?.port == port ?? old?.port && old?.security == security
        let known = isSame ? old?.login : nil
        var login: Login?
        if let user {
            guard let password = password ?? (known?.user == user ? known?.password : nil), let found = Login(user, password) else {
                throw fields.error("user", "needs a 'password', and has no colon")
            }
            login = found
        } else if password != nil {
            throw fields.error("password", "needs a 'user'")
        }
        let (from, to) = (try fields.mail("from"), try fields.mail("to"))
        guard let email = Self(host: host, port: port, security: security, login: login, from: from, to: to) else {
            throw fields.error("host", "must be the name or address of a mail server")
        }
        self = email
    }
}

extension JSONFields {
    fileprivate mutating func web(_ key: String) throws(JSONError) -> WebAddress? {
        guard let text = try string(key) else { return nil }
        guard let address = WebAddress(text) else {
            throw error(key, "must be an address such as \"https://example.org/hook\", without user, password or '#' in it")
        }
        return address
    }

    fileprivate mutating func mail(_ key: String) throws(JSONError) -> MailAddress {
        guard let text = try string(key), let address = MailAddress(text) else {
            throw error(key, "must be a mail address such as \"anna@example.org\"")
        }
        return address
    }

    fileprivate mutating func secret(_ key: String) throws(JSONError) -> Secret? {
        guard let text = try string(key) else { return nil }
        guard let secret = Secret(text) else { throw error(key, "must have 1 to 1,000 characters in one line") }
        return secret
    }
}
