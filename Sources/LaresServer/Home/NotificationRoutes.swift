import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces

/// `/lares/v1/channels`, `/lares/v1/recipients` and `/lares/v1/deliveries`: how people are reached, and what was sent to them.
struct NotificationRoutes {
    let automations: Automations?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let (channel, recipient) = ("/lares/v1/channels/{channel}", "/lares/v1/recipients/{recipient}")
        return [
            APIRoute(method: .get, path: "/lares/v1/channels", handler: channels),
            APIRoute(method: .post, path: "/lares/v1/channels", handler: setChannel),
            APIRoute(method: .delete, path: channel, handler: removeChannel),
            APIRoute(method: .post, path: channel + "/test", handler: test),
            APIRoute(method: .get, path: "/lares/v1/recipients", handler: recipients),
            APIRoute(method: .post, path: "/lares/v1/recipients", handler: setRecipient),
            APIRoute(method: .delete, path: recipient, handler: removeRecipient),
            APIRoute(method: .get, path: "/lares/v1/deliveries", handler: deliveries),
        ]
    }

    func channels(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context)
        return try telling { .json(["channels": .array(try outbox.channels().map(\.json))]) }
    }

    /// Makes a channel or changes it; a secret that is left out stays.
    func setChannel(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context), body = try await request.json(within: limits).json
        return try telling {
            let channel = try outbox.set(channel: body)
            note("channel/" + channel.name, context)
            return .json(channel.json, status: .created)
        }
    }

    func removeChannel(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context), name = context.parameter("channel") ?? ""
        return try telling {
            try outbox.remove(channel: name)
            note("channel/" + name, context)
            return .json(["removed": .string(name)])
        }
    }

    /// Sends something by a channel, so that one sees that it works; `/lares/v1/deliveries` says what became of it.
    func test(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context), name = context.parameter("channel") ?? ""
        let text = context.language == .chinese ? "来自 Lares 的测试消息。" : "A test from Lares."
        return try telling {
            try outbox.test(name, text: text)
            return .json(["queued": true], status: .accepted)
        }
    }

    func recipients(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context)
        return try telling { .json(["recipients": .array(try outbox.recipients().map(\.json))]) }
    }

    func setRecipient(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context), body = try await request.json(within: limits).json
        return try telling {
            let recipient = try NoticeRecipient(body)
            try outbox.set(recipient)
            note("recipient/" + recipient.name, context)
            return .json(recipient.json, status: .created)
        }
    }

    func removeRecipient(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context), name = context.parameter("recipient") ?? ""
        return try telling {
            try outbox.remove(recipient: name)
            note("recipient/" + name, context)
            return .json(["removed": .string(name)])
        }
    }

    func deliveries(_ request: Request, _ context: LaresContext) async throws -> Response {
        let outbox = try require(context)
        return try telling { .json(["deliveries": .array(try outbox.deliveries().map(\.json))]) }
    }

    private func require(_ context: LaresContext) throws -> Outbox {
        try context.requireAdministrator()
        guard let outbox = automations?.outbox else { throw APIError.noHome }
        return outbox
    }

    private func telling(_ body: () throws -> Response) throws -> Response {
        do { return try body() } catch let error as OutboxError { throw APIError(outbox: error) } catch let error as JSONError {
            throw APIError.invalid(error.message)
        }
    }

    private func note(_ subject: String, _ context: LaresContext) { audit.note(.homeChanged, subject, by: context.caller, context.logger) }
}

extension APIError {
    /// How an error of the outbox looks to a client.
    init(outbox error: OutboxError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .unknown: .notFound
            case .inUse, .full: .conflict
            case .notAllowed: .forbidden
            default: .badRequest
            }
        self.init(status, type: "invalid_request_error", code: error.code.name, error.message)
    }
}
