import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresServing

extension V2Routes {
    /// `POST /v2/repository/index`: the versions that are served; with `{"ready": true}` only those that answer.
    func index(_ request: Request, _ context: LaresContext) async throws -> Response {
        let onlyReady = try await members(request)?.bool("ready") ?? false
        let entries = try requireNetworks().index().filter { $0.isReady || !onlyReady }
        return .json(
            .array(
                entries.map {
                    [
                        "name": .string($0.name), "version": .string(String($0.version)), "state": $0.isReady ? "READY" : "UNAVAILABLE",
                        "reason": .string($0.reason),
                    ]
                }))
    }

    /// `POST /v2/repository/models/{model}/load`: into memory, with other limits of joining if the parameters have some.
    func load(_ request: Request, _ context: LaresContext) async throws -> Response {
        let name = V2Place(context).model
        return try await Self.loading(name) { () async throws in
            try context.requireAdministrator()
            let limits = try limits(of: try await members(request)?.fields("parameters"), name)
            try await requireNetworks().load(name, limits: limits)
            return .json([:])
        }
    }

    /// `POST /v2/repository/models/{model}/unload`: out of memory, until it is loaded again.
    func unload(_ request: Request, _ context: LaresContext) async throws -> Response {
        let place = V2Place(context)
        return try await place.naming { () async throws in
            try context.requireAdministrator()
            _ = try await members(request)
            try await requireNetworks().unload(place.model)
            return .json([:])
        }
    }

    /// The members of a body that may be empty.
    private func members(_ request: Request) async throws -> Fields? {
        let body = try await request.v2Body(within: BodyLimits(each: 1 << 20, budget: limits.budget))
        defer { body.share.end() }
        guard !body.bytes.isEmpty else { return nil }
        do { return try Fields(JSON(parsing: body.bytes)) } catch let error as JSONError {
            throw APIError.invalid("the request is not JSON that can be read: \(error.message)", code: "invalid_json")
        }
    }

    /// The clients look for "failed to load" in what a load says.
    private static func loading(_ name: String, _ operation: () async throws -> Response) async throws -> Response {
        do { return try await operation() } catch {
            let shown = (error as? RegistryError).map { APIError($0) } ?? APIError(error)
            guard shown.status != .forbidden, !shown.message.hasPrefix("failed to load") else { throw shown }
            throw APIError(
                shown.status, type: shown.type, code: shown.code, "failed to load '\(name.prefix(100))': \(shown.message)",
                param: shown.param, retryAfter: shown.retryAfter)
        }
    }

    /// The limits that a configuration sets (`max_batch_size`, `dynamic_batching.max_queue_delay_microseconds`); nothing else can be changed.
    private func limits(of parameters: Fields?, _ name: String) throws -> BatchLimits {
        var limits = BatchLimits()
        guard let parameters else { return limits }
        try parameters.allow(["config"], "files can't be sent with a load: publish a version with `lares registry publish`")
        guard let text = try parameters.string("config") else { return limits }
        guard let json = try? JSON(parsing: Array(text.utf8)) else { throw APIError.invalid("the config is not JSON", param: "config") }
        let config = try Fields(json, name: "config")
        try config.allow(["name", "max_batch_size", "dynamic_batching"], "only max_batch_size and dynamic_batching can be set")
        guard try config.string("name") ?? name == name else {
            throw APIError.invalid("the config is of another model", param: "config.name")
        }
        if let rows = try config.number("max_batch_size", in: 1...4_096) { limits.rows = rows }
        if let batching = try config.fields("dynamic_batching") {
            try batching.allow(["max_queue_delay_microseconds"], "of dynamic_batching only max_queue_delay_microseconds can be set")
            let delay = try batching.number("max_queue_delay_microseconds", in: 0...1_000_000)
            limits.delay = .microseconds(delay ?? 0)
        }
        return limits
    }
}

extension Fields {
    /// Refuses members that aren't known.
    fileprivate func allow(_ names: Set<String>, _ advice: String) throws {
        if let other = self.names.first(where: { !names.contains($0) }) {
            throw APIError.unsupported(name(other), "'\(name(other).prefix(100))' is not supported: \(advice)")
        }
    }

    /// A whole number, which protocol buffers also write as text.
    fileprivate func number(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        guard case .string(let text)? = value(key) else { return try int(key, in: range) }
        guard let number = Int(text), range.contains(number) else {
            throw APIError.invalid("'\(name(key))' must be a number from \(range.lowerBound) to \(range.upperBound)", param: name(key))
        }
        return number
    }
}
