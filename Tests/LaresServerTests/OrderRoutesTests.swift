import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresServer
import LaresServing
import LaresStore
import Logging
import NIOCore
import Testing

/// Orders and hands over HTTP; answers fit what `openapi.json` says of them.
struct OrderRoutesTests {
    private func complaints(_ value: JSON, _ schema: String) throws -> [String] {
        let document = try JSON(parsing: #require(Resources.bytes("openapi.json")))
        return SchemaChecker(document: document).complaints(value, ["$ref": .string("#/components/schemas/\(schema)")])
    }

    private struct Carrier: OrderCarrier {
        func carry(_ order: Order) async throws -> JSON? { order.value }
    }

    private func withOrders(_ test: @Sendable (any TestClientProtocol, OrderBook) async throws -> Void) async throws {
        let home = try scratchHome()
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let orders = OrderDispatch(try OrderBook(home: home))
        await orders.register("battery", Carrier())
        var city = CityServices()
        (city.orders, city.traffic) = (orders, TrafficService(orders: orders))
        let server = LaresServer(
            client: FixedModelClient(), city: city, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await server.application().test(.live) { try await test($0, orders.book) }
    }

    private func order(_ id: String, actuator: String = "battery/a", after seconds: Double = 60) -> String {
        #"{"id": "\#(id)", "actuator": "\#(actuator)", "value": {"power": 1}, "expires": \#(Date().timeIntervalSince1970 + seconds)}"#
    }

    @Test func peopleOrderWhatTheyTookOver() async throws {
        try await withOrders { client, book in
            try book.claim(ActuatorID("battery/a")!, by: .controller("mpc"))
            let refused = try await client.post("/lares/v1/orders", order("early"))
            #expect(refused.status == .conflict && refused.error("code") == "owned")
            let taken = try await client.post("/lares/v1/actuators/battery/a/take-over", #"{"reason": "a test"}"#)
            #expect(taken.status == .ok)
            #expect(try complaints(taken.json(), "Handover") == [])
            let done = try await client.post("/lares/v1/orders", order("mine"))
            #expect(done.status == .created)
            #expect(try complaints(done.json(), "Order") == [])
            #expect(try done.json()["state"] == "effective")
            let late = try await client.post("/lares/v1/orders", order("late", after: -86_400))
            #expect(try late.json()["state"] == "expired")
            #expect(try await client.post("/lares/v1/actuators/battery/a/hand-back", "{}").status == .ok)
            for (path, schema) in [
                ("/lares/v1/orders", "OrderList"), ("/lares/v1/orders?state=refused", "OrderList"), ("/lares/v1/orders/mine", "Order"),
                ("/lares/v1/actuators", "OwnershipList"), ("/lares/v1/handovers?limit=1", "HandoverList"),
                ("/lares/v1/traffic", "TrafficStatus"), ("/lares/v1/traffic/junctions", "JunctionList"),
                ("/lares/v1/traffic/events", "TrafficEventList"), ("/lares/v1/traffic/closures", "ClosureList"),
            ] {
                let answer = try await client.get(path)
                #expect(answer.status == .ok, "\(path)")
                #expect(try complaints(answer.json(), schema) == [], "\(path)")
            }
        }
    }

    @Test(arguments: [
        "/lares/v1/orders?actuator=nothing", "/lares/v1/orders?state=odd", "/lares/v1/orders?limit=0", "/lares/v1/orders?before=x",
        "/lares/v1/handovers?limit=1001", "/lares/v1/traffic/events?limit=501",
    ])
    func whatIsAskedWronglyIsRefused(path: String) async throws {
        try await withOrders { client, _ in
            let answer = try await client.get(path)
            #expect(answer.status == .badRequest)
        }
    }

    @Test func whatIsOrderedWronglyIsRefused() async throws {
        try await withOrders { client, book in
            for body in [
                "{}", "[]", order("a b"), order("a", actuator: "nothing"), order("a", actuator: "siren/a"), order("a", after: 1e9),
            ] {
                let answer = try await client.post("/lares/v1/orders", body)
                #expect(answer.status == .badRequest, "\(body)")
            }
            #expect(try await client.get("/lares/v1/orders/nothing").status == .notFound)
            #expect(try await client.get("/lares/v1/traffic/junctions/nothing").status == .notFound)
            #expect(try await client.get("/lares/v1/traffic/network").status == .notFound)
            #expect(try book.orders().isEmpty)
        }
    }
}
