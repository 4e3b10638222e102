import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresAccess
import LaresServer
import LaresServing
import LaresStandards
import LaresStore
import Logging
import NIOCore
import Testing

/// Who may read and change what over NGSI-LD, by their keys.
struct NGSIKeysTests {
    private typealias Ask = @Sendable (HTTPRequest.Method, String, String?, Role) async throws -> HTTPResponse.Status

    private func withCity(_ test: @Sendable (Ask) async throws -> Void) async throws {
        let home = try scratchHome()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let keys = try KeyStore(home: home)
        let secrets = try [Role.owner, .resident, .viewer].reduce(into: [Role: String]()) { secrets, role in
            secrets[role] = "\(try keys.make(name: role.rawValue, role: role).secret)"
        }
        var settings = ServerSettings()
        settings.needsKey = true
        var city = CityServices()
        city.entities = NGSIBroker(try NGSIStore(path: home.file("entities.db")))
        let server = LaresServer(
            client: FixedModelClient(), settings: settings, keys: keys, city: city,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await server.application().test(.live) { client in
            try await test { method, path, body, role in
                var headers: HTTPFields = [.authorization: "Bearer \(secrets[role] ?? "")"]
                if body != nil { headers[.contentType] = "application/json" }
                return try await client.executeRequest(
                    uri: "/ngsi-ld/v1/" + path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
                ).status
            }
        }
    }

    /// `receiverInfo` and `contextSourceInfo` hold keys of other servers.
    @Test func subscriptionsAndRegistrationsAreAnAdministratorsToRead() async throws {
        try await withCity { ask in
            let subscription =
                #"{"id":"urn:s:1","type":"Subscription","entities":[{"type":"Building"}],"notification":{"endpoint":{"uri":"http://127.0.0.1:9/n","receiverInfo":[{"key":"Authorization","value":"Bearer secret"}]}}}"#
            let made = try await ask(.post, "subscriptions", subscription, .owner)
            #expect(made == .created)
            for path in ["subscriptions", "subscriptions/urn:s:1", "csourceRegistrations?type=A", "csourceSubscriptions"] {
                let status = try await ask(.get, path, nil, .resident)
                #expect(status == .forbidden, "\(path)")
            }
            let own = try await ask(.get, "subscriptions/urn:s:1", nil, .owner)
            let entities = try await ask(.get, "entities?type=Building", nil, .resident)
            let looked = try await ask(.get, "entities?type=Building", nil, .viewer)
            #expect(own == .ok && entities == .ok && looked == .forbidden)
        }
    }

    /// Only a thing of a home has a policy that judges its changes; here is none.
    @Test(arguments: ["urn:ngsi-ld:Thing:hall:lamp", "urn:a:b%2Fentities%2Furn:ngsi-ld:Thing:hall:lamp"])
    func whatIsNoThingOfTheHomeIsAnAdministratorsToChange(id: String) async throws {
        try await withCity { ask in
            let resident = try await ask(.patch, "entities/\(id)/attrs", #"{"level": 7}"#, .resident)
            let owner = try await ask(.patch, "entities/\(id)/attrs", #"{"level": 7}"#, .owner)
            #expect(resident == .forbidden && owner != .forbidden)
        }
    }
}
