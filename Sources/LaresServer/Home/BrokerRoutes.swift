import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings
import Logging

/// `/lares/v1/broker`: how the connection to the broker stands, who is connected, and the accounts of devices.
struct BrokerRoutes {
    let services: HomeServices?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/broker", handler: show),
            APIRoute(method: .get, path: "/lares/v1/broker/accounts", handler: accounts),
            APIRoute(method: .post, path: "/lares/v1/broker/accounts", handler: add),
            APIRoute(method: .delete, path: "/lares/v1/broker/accounts/{account}", handler: remove),
        ]
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let services = try require()
        var faults = services.home.faults
        // The last of them names a topic, which may be that of a thing they don't see.
        if !context.caller.mayAdminister { faults.last = nil }
        var members: JSON.Members = [
            "connection": services.home.status.json, "faults": faults.json,
            "discovery_prefix": .string(services.home.discovery.description),
        ]
        if let broker = services.broker {
            members.append("broker", broker.status.json)
            members.append("listening", .string("\(broker.settings.host):\(broker.settings.port)"))
            if context.caller.mayAdminister {
                members.append("guard_trouble", services.home.guardTrouble.map { .string($0) } ?? .null)
                members.append("clients", .array(broker.log.clients.values.sorted { $0.id < $1.id }.map(\.json)))
                members.append("log", .array(broker.log.lines.map { .string($0) }))
            }
        }
        return .json(.object(members))
    }

    func accounts(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let control = try control()
        return try await telling { .json(["accounts": .array(try await control.accounts().map(\.json))]) }
    }

    /// `{"name": "kitchen", "topics": ["zigbee2mqtt"]}`; the answer has the password, which nobody can read again.
    func add(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let control = try control()
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["name", "topics"])
        let name = try fields.requiredString("name")
        let topics = fields.value("topics")?.elements?.map { $0.text ?? "" } ?? [name]
        guard let account = BrokerAccounts.Account(name: name, topics: topics) else {
            throw APIError.invalid(
                "an account has a name of 1 to 60 lower-case letters, digits, '_' and '-' and 1 to 20 beginnings of topics without wildcards",
                param: "name")
        }
        return try await telling {
            let password = try await control.add(account)
            note(.accountMade, name, context)
            guard case .object(var members) = account.json else { return .json(account.json) }
            members.append("password", .string(password))
            return .json(.object(members), status: .created)
        }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let control = try control()
        let name = context.parameter("account") ?? ""
        return try await telling {
            guard let account = try await control.accounts().first(where: { $0.name == name }) else {
                throw ThingsError(.unknown, "there is no account '\(name.prefix(60))'")
            }
            try await control.remove(name)
            note(.accountRemoved, name, context)
            return .json(account.json)
        }
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as ThingsError { throw APIError(things: error) }
    }

    private func require() throws -> HomeServices {
        guard let services else { throw APIError.noHome }
        return services
    }

    private func control() throws -> BrokerControl {
        guard let control = try require().control else {
            throw APIError(
                .notFound, type: "invalid_request_error", code: "not_here",
                "the broker isn't one that Lares runs: make accounts where it is")
        }
        return control
    }

    private func note(_ act: AuditAct, _ subject: String, _ context: LaresContext) {
        audit.note(act, subject, by: context.caller, context.logger)
    }
}

extension APIError {
    static let noHome = APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server runs without a home")
}

extension MQTTStatus {
    fileprivate var json: JSON {
        [
            "state": .string("\(state)"), "reason": reason.map { .string($0) } ?? .null, "version": version.map { .string($0) } ?? .null,
            "resumed": .bool(isResumed), "refused": .array(refused.map { .string($0) }), "dropped": .int(dropped),
        ]
    }
}

extension HomeFaults {
    fileprivate var json: JSON {
        ["reports": .int(reports), "announcements": .int(announcements), "last": last.map { .string($0) } ?? .null]
    }
}

extension BrokerProcess.Status {
    fileprivate var json: JSON {
        ["running": .bool(isRunning), "restarts": .int(restarts), "reason": reason.map { .string($0) } ?? .null]
    }
}

extension BrokerLog.Client {
    fileprivate var json: JSON {
        [
            "id": .string(id), "account": user.map { .string($0) } ?? .null, "address": .string(address), "version": .string(version),
            "since": .int(Int(since.timeIntervalSince1970)),
        ]
    }
}

extension BrokerAccounts.Account {
    fileprivate var json: JSON { ["name": .string(name), "topics": .array(topics.map { .string($0) })] }
}
