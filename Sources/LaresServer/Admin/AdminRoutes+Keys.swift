import Foundation
import HTTPTypes
import Hummingbird
public import LaresAccess
public import LaresJSON

extension AdminRoutes {
    /// `GET /lares/v1/keys`: every key ever made, without its secret.
    func listKeys(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return .json(["keys": .array(try requireKeys().list().map(\.json))])
    }

    /// `POST /lares/v1/keys`: makes a key; its secret is in this answer and nowhere else.
    func makeKey(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let keys = try requireKeys()
        let fields = try await fields(request, "name", "admin", "expires_in_days")
        let name = try fields.requiredString("name")
        let admin = try fields.bool("admin") ?? false
        let days = try fields.int("expires_in_days", in: 1...36_500)
        do {
            let made = try keys.make(
                name: name, admin: admin, expires: days.map { Date(timeIntervalSinceNow: Double($0) * 86_400) })
            note(.keyMade, made.key.name, context)
            return .json(["key": made.key.json, "secret": .string(made.secret)], status: .created)
        } catch let error as AccessError {
            throw APIError.invalid(error.message, param: "name")
        }
    }

    /// `DELETE /lares/v1/keys/{key}`: ends a key by its id or name.
    func revokeKey(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let name = context.parameter("key") ?? ""
        do {
            let revoked = try requireKeys().revoke(name)
            note(.keyRevoked, revoked.name, context)
            return .json(["key": revoked.json])
        } catch let error as AccessError {
            throw APIError(.notFound, type: "invalid_request_error", code: "key_not_found", error.message)
        }
    }
}

extension APIKey {
    /// The key as the API shows it.
    public var json: JSON {
        func time(_ date: Date?) -> JSON { date.map { .int(Int($0.timeIntervalSince1970)) } ?? .null }
        return [
            "id": .string(id), "name": .string(name), "admin": .bool(mayAdminister), "created": time(created), "last_used": time(lastUsed),
            "expires": time(expires),
            "revoked": time(revoked),
        ]
    }
}
