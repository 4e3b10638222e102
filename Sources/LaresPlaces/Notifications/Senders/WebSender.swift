internal import AsyncHTTPClient
package import Foundation
internal import LaresJSON
internal import NIOCore
internal import NIOHTTP1

/// Posts JSON: to a webhook, or to an ntfy server.
///
/// Redirects aren't followed: an address is called because somebody entered it. Answers aren't read beyond their heads.
package struct WebSender: Sendable {
    private let patience: Duration

    /// - Parameter patience: How long a whole try may take.
    package init(patience: Duration = .seconds(10)) { self.patience = patience }

    package func send(_ parcel: Parcel, to webhook: Webhook) async -> SendOutcome {
        await post(parcel.webhookBody, to: webhook.address.text, key: parcel.key, authorization: webhook.token.map { "Bearer \($0.text)" })
    }

    /// As JSON to the server's root, where titles may have all letters; headers may not.
    package func send(_ parcel: Parcel, to ntfy: Ntfy) async -> SendOutcome {
        await post(parcel.message(for: ntfy), to: ntfy.server.origin + "/", key: parcel.key, authorization: ntfy.login.authorization)
    }

    private func post(_ body: JSON, to address: String, key: String, authorization: String?) async -> SendOutcome {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers = ["content-type": "application/json", "user-agent": "lares", "idempotency-key": key]
        if let authorization { request.headers.add(name: "authorization", value: authorization) }
        request.body = .bytes(ByteBuffer(string: body.serialized))
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        // The outbox tries again, and not for ten seconds at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let outcome: SendOutcome
        do {
            let response = try await client.execute(request, timeout: TimeAmount(patience))
            outcome = SendOutcome(status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"))
        } catch {
            outcome = .failed(sentence(about: error))
        }
        // Whoever is cancelled doesn't wait for the end of an attempt to connect.
        if Task.isCancelled { client.shutdown { _ in } } else { try? await client.shutdown() }
        return outcome
    }

    private func sentence(about error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout:
            "no answer within \(patience)"
        case is HTTPClientError: "the connection broke: \(error)"
        default: "no connection: \(error)"
        }
    }
}

extension SendOutcome {
    /// What an answer means.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - retryAfter: The header `Retry-After`.
    ///   - now: What time it is, for a date in it.
    package init(status: Int, retryAfter: String?, now: Date = Date()) {
        switch status {
        case 200..<300: self = .sent
        case 300..<400: self = .refused("the server answers \(status): redirects aren't followed, enter the address it leads to")
        case 408, 429, 500...:
            self = .failed("the server answers \(status)", retryAfter: retryAfter.flatMap { RetryAfter.seconds($0, now) })
        default: self = .refused("the server answers \(status)")
        }
    }
}

extension Ntfy.Login {
    fileprivate var authorization: String? {
        switch self {
        case .none: nil
        case .token(let token): "Bearer \(token.text)"
        case .password(let user, let password): "Basic " + Data("\(user):\(password.text)".utf8).base64EncodedString()
        }
    }
}

extension Parcel {
    fileprivate var webhookBody: JSON {
        switch content {
        case .call(let body, _): return body
        case .notice(let notice, _):
            var members: JSON.Members = ["id": .string(key), "time": .string(ISO8601.text(Instant(flooring: notice.date)))]
            members["title"] = notice.title.map { .string($0) }
            members["text"] = .string(notice.text)
            members["to"] = notice.recipient.map { .string($0) }
            members["rule"] = .string(notice.rule)
            members["urgent"] = .bool(isUrgent)
            return .object(members)
        }
    }

    /// ntfy makes a file of a message over 4,096 bytes.
    fileprivate func message(for ntfy: Ntfy) -> JSON {
        var members: JSON.Members = ["topic": .string(ntfy.topic)]
        members["message"] = .string(text.prefix(bytes: 4000))
        if case .notice(let notice, _) = content { members["title"] = notice.title.map { .string($0) } }
        members["priority"] = .int(isUrgent ? 5 : 3)
        if !ntfy.tags.isEmpty { members["tags"] = .array(ntfy.tags.map { .string($0) }) }
        return .object(members)
    }

    /// What people read.
    var text: String {
        switch content {
        case .notice(let notice, _): notice.text
        case .call(let body, _): body.serialized
        }
    }
}

extension String {
    /// As many of the first characters as fit into so many bytes.
    fileprivate func prefix(bytes most: Int) -> String {
        guard utf8.count > most else { return self }
        var (end, count) = (startIndex, 0)
        while end < endIndex {
            count += self[end].utf8.count
            guard count <= most else { break }
            end = index(after: end)
        }
        return String(self[..<end])
    }
}
