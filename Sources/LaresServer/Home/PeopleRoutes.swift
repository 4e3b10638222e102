import Foundation
import HTTPTypes
import Hummingbird
package import LaresAccess
package import LaresJSON

/// `/lares/v1/people` and `/lares/v1/policy`: who lives here, their PINs, and what is asked of whom.
struct PeopleRoutes {
    let people: People?
    let guardian: HomeGuard?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let one = "/lares/v1/people/{person}"
        return [
            APIRoute(method: .get, path: "/lares/v1/people", handler: list),
            APIRoute(method: .post, path: "/lares/v1/people", handler: add),
            APIRoute(method: .patch, path: one, handler: change),
            APIRoute(method: .delete, path: one, handler: remove),
            APIRoute(method: .put, path: one + "/pin", handler: setPIN),
            APIRoute(method: .get, path: "/lares/v1/policy", handler: policy),
            APIRoute(method: .put, path: "/lares/v1/policy", handler: setPolicy),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let people = try require()
        return try await telling { .json(["people": .array(try people.list().map(\.json))]) }
    }

    /// `{"name": "Anna", "role": "resident", "language": "de"}`; with the `"pin"` of whoever adds them, if they have one.
    func add(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (people, principal) = (try require(), context.caller.principal)
        let order = try PersonOrder(try await request.json(within: limits).json)
        return try await telling {
            guard let name = order.name else { throw APIError.invalid("'name' is missing: what the person is called", param: "name") }
            let person = try people.add(
                name: name, role: order.role ?? .resident, language: order.language ?? "en", by: principal, order.assurance)
            return .json(person.json, status: .created)
        }
    }

    func change(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (people, principal, id) = (try require(), context.caller.principal, context.parameter("person") ?? "")
        let order = try PersonOrder(try await request.json(within: limits).json)
        return try await telling {
            let person = try people.change(
                id, name: order.name, role: order.role, language: order.language, by: principal, order.assurance)
            return .json(person.json)
        }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (people, principal, id) = (try require(), context.caller.principal, context.parameter("person") ?? "")
        let assurance = request.announcesBody ? try Assurance(try await request.json(within: limits).json) : .none
        return try await telling {
            try people.remove(id, by: principal, assurance)
            return .json(["removed": .string(id)])
        }
    }

    /// `{"new_pin": "4071"}`, null for none; with the `"pin"` of whoever sets it, if they have one.
    func setPIN(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (people, principal, id) = (try require(), context.caller.principal, context.parameter("person") ?? "")
        let body = try await request.json(within: limits).json
        let assurance = try Assurance(body)
        guard let new = body["new_pin"], new == .null || new.text != nil else {
            throw APIError.invalid("'new_pin' must be a text of digits, or null for none", param: "new_pin")
        }
        return try await telling {
            try people.setPIN(new.text, of: id, by: principal, assurance)
            return .json(["set": .bool(new != .null)])
        }
    }

    func policy(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let policies = try requireGuardian().policies
        return try await telling {
            let (revision, policy) = try policies.current()
            return .json(["revision": .int(revision), "policy": try JSON(parsing: Array(policy.text.utf8))])
        }
    }

    /// `{"policy": {…}, "revision": 3}`: what it was made from; without it, whatever there is.
    func setPolicy(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (policies, principal) = (try requireGuardian().policies, context.caller.principal)
        let body = try await request.json(within: limits).json
        let assurance = try Assurance(body)
        return try await telling {
            let policy = try HomePolicy(parsing: (body["policy"] ?? .null).serialized)
            let revision = body["revision"]?.number.flatMap { Int(exactly: $0) }
            return .json(["revision": .int(try policies.set(policy, replacing: revision, by: principal, assurance))])
        }
    }

    private func require() throws -> People {
        guard let people else { throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server has no people") }
        return people
    }

    private func requireGuardian() throws -> HomeGuard {
        guard let guardian else { throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server has no policy") }
        return guardian
    }

    private func telling(_ body: @escaping @Sendable () throws -> Response) async throws -> Response {
        do { return try await offTheThreads(body) } catch let error as AccessError { throw APIError(access: error) }
    }
}

/// What a request says of a person.
private struct PersonOrder: Sendable {
    let name: String?
    let role: Role?
    let language: String?
    let assurance: Assurance

    init(_ json: JSON) throws {
        assurance = try Assurance(json)
        do {
            var fields = try JSONFields(json)
            name = try fields.string("name")
            role = try fields.choice("role")
            language = try fields.string("language")
            for known in ["pin", "person", "confirm"] { _ = fields.value(known) }
            try fields.end()
        } catch {
            throw APIError.invalid(error.message)
        }
    }
}

extension Person {
    /// The person as the API shows them.
    package var json: JSON {
        [
            "id": .string(id), "name": .string(name), "role": .string(role.rawValue), "language": .string(language),
            "has_pin": .bool(hasPIN), "created": .int(Int(created.timeIntervalSince1970)),
        ]
    }
}
