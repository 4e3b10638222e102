public import LaresJSON

extension NoticeChannel {
    /// The channel as it may be shown: passwords, tokens and what stands behind the host of a webhook are left out.
    public var json: JSON { written(.shown) }

    /// The channel with everything, as `places.db` keeps it; ``init(_:replacing:)`` reads it back.
    var kept: JSON { written(.kept) }

    fileprivate enum Reader { case shown, kept }

    private func written(_ reader: Reader) -> JSON {
        var members: JSON.Members = ["name": .string(name)]
        switch kind {
        case .webhook(let webhook): webhook.write(&members, reader)
        case .ntfy(let ntfy): ntfy.write(&members, reader)
        case .email(let email): email.write(&members, reader)
        }
        return .object(members)
    }
}

extension Webhook {
    fileprivate func write(_ members: inout JSON.Members, _ reader: NoticeChannel.Reader) {
        members["kind"] = "webhook"
        switch reader {
        case .shown:
            members["address"] = .string("\(address)")
            members["has_token"] = .bool(token != nil)
        case .kept:
            members["url"] = .string(address.text)
            members["token"] = token.map { .string($0.text) }
        }
    }
}

extension Ntfy {
    fileprivate func write(_ members: inout JSON.Members, _ reader: NoticeChannel.Reader) {
        members["kind"] = "ntfy"
        members["server"] = .string(server.text)
        members["topic"] = .string(topic)
        if !tags.isEmpty { members["tags"] = .array(tags.map { .string($0) }) }
        if case .password(let user, _) = login { members["user"] = .string(user) }
        switch (reader, login) {
        case (.kept, .token(let token)): members["token"] = .string(token.text)
        case (.kept, .password(_, let password)): members["password"] = .string(password.text)
        case (.kept, .none): break
        case (.shown, _): members["has_login"] = .bool(login != .none)
        }
    }
}

extension Email {
    fileprivate func write(_ members: inout JSON.Members, _ reader: NoticeChannel.Reader) {
        members["kind"] = "email"
        members["host"] = .string(host)
        members["port"] = .int(port)
        members["security"] = .string(security.rawValue)
        members["user"] = login.map { .string($0.user) }
        members["from"] = .string("\(from)")
        members["to"] = .string("\(to)")
        switch reader {
        case .kept: members["password"] = login.map { .string($0.password.text) }
        case .shown: members["has_login"] = .bool(login != nil)
        }
    }
}
