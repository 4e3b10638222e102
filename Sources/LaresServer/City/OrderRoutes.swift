import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/orders`, `/actuators` and `/handovers`: what actuators were ordered to do, why, and who has them.
struct OrderRoutes {
    let orders: OrderDispatch?
    let energy: EnergyServices?
    let services: HomeServices?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    /// Orders that an answer has unless another number is asked for, and at most.
    static let (usual, most) = (100, 1_000)

    var routes: [APIRoute] {
        let orders = "/lares/v1/orders", actuator = "/lares/v1/actuators/{kind}/{name}"
        return [
            APIRoute(method: .get, path: orders, handler: list),
            APIRoute(method: .post, path: orders, handler: place),
            APIRoute(method: .get, path: orders + "/live", handler: live),
            APIRoute(method: .get, path: orders + "/{order}", handler: show),
            APIRoute(method: .get, path: "/lares/v1/actuators", handler: owners),
            APIRoute(method: .post, path: actuator + "/take-over", handler: takeOver),
            APIRoute(method: .post, path: actuator + "/hand-back", handler: handBack),
            APIRoute(method: .get, path: "/lares/v1/handovers", handler: handovers),
        ]
    }

    /// `?actuator=signal/A1&state=failed&issuer=anna&limit=100&before=812`: the latest first.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let book = try require(context).book, query = request.queryFields
        var filter = OrderFilter()
        if let text = query.get("actuator") {
            guard let actuator = ActuatorID(text) else {
                throw APIError.invalid("'actuator' must name one, such as signal/A1", param: "actuator")
            }
            filter.actuator = actuator
        }
        if let text = query.get("state") {
            guard let state = Order.State(rawValue: text) else {
                throw APIError.invalid("'state' must be \(Order.State.allCases.map(\.rawValue).joined(separator: ", "))", param: "state")
            }
            filter.state = state
        }
        filter.issuer = query.get("issuer")
        filter.before = try query.whole("before", in: 1...Int.max) ?? .max
        let limit = try query.whole("limit", in: 1...Self.most) ?? Self.usual
        let shown = try await shown(to: sight(context))
        var found: [JSON] = []
        while found.count < limit {
            let page = try book.orders(filter, limit: limit)
            found += page.compactMap { shown($0.json) }.prefix(limit - found.count)
            guard page.count == limit, let last = page.last?.number else { break }
            filter.before = last
        }
        return .json(["orders": .array(found)])
    }

    /// What of orders one sees: of the home's energy those of things that are theirs to see.
    private func shown(to sight: HomeSight?) async throws -> (JSON) -> JSON? {
        guard let sight else { return { $0 } }
        let seen = EnergySight(try SeriesSight(ofHome: sight), await energy?.control.settings ?? EnergyControlSettings())
        return { seen.told(order: $0) }
    }

    private func sight(_ context: LaresContext) -> HomeSight? {
        services.map { HomeSight(home: $0.home, guardian: guardian, caller: context.caller, path: .api) }
    }

    /// Who may take energy in hand must see the battery, and be one who may tell it what to do.
    private func check(_ actuator: ActuatorID, _ kilowatts: Double?, _ context: LaresContext) async throws {
        guard actuator == .energy, let energy, let services else { return }
        let hands = EnergyHands(control: energy.control, services: services, guardian: guardian, audit: audit, path: .api)
        if let kilowatts { try await hands.check(kilowatts, .none, context) } else { try await hands.checkSight(context.caller) }
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let id = context.parameter("order") ?? ""
        guard let order = try require(context).book.order(id).map(\.json).flatMap(try await shown(to: sight(context))) else {
            throw APIError(order: OrderError(.unknown, "there is no order '\(id.prefix(128))'"))
        }
        return .json(order)
    }

    /// `{"id": "a1-17", "actuator": "signal/A1", "value": {"phase": 1}, "expires": 1796000060}`. Who asks has to have the actuator in their hands.
    func place(_ request: Request, _ context: LaresContext) async throws -> Response {
        let orders = try require(context)
        try context.requireHands()
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["id", "actuator", "value", "expires"])
        guard let actuator = ActuatorID(try fields.requiredString("actuator")) else {
            throw APIError.invalid("'actuator' must name one, such as signal/A1", param: "actuator")
        }
        _ = try fields.required("expires")
        let expires = try fields.double("expires", in: 0...1e11) ?? 0
        let asked = OrderRequest(
            id: try fields.requiredString("id"), actuator: actuator, value: try fields.required("value"),
            issuer: .person(context.caller.name),
            expiresAt: Date(timeIntervalSince1970: expires))
        try await check(actuator, asked.value["kw"]?.number ?? 0, context)
        do {
            let order = try await orders.carryOut(asked)
            audit.note(.orderPlaced, "\(actuator) \(order.id)", by: context.caller, context.logger)
            if order.state == .refused { throw OrderError(.owned, order.reason ?? "\(actuator) is somebody else's") }
            return .json(order.json, status: .created)
        } catch let error as OrderError {
            throw APIError(order: error)
        }
    }

    /// Orders as they reach their states, as server-sent events.
    func live(_ request: Request, _ context: LaresContext) async throws -> Response {
        let changes = try require(context).book.changes(), sight = sight(context)
        let presence = await context.channel.clientPresence()
        return .events { events in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (merged, continuation) = AsyncThrowingStream<Order, any Error>.makeStream(bufferingPolicy: .bufferingNewest(256))
                group.addTask {
                    for await order in changes { continuation.yield(order) }
                    continuation.finish()
                }
                group.addTask {
                    await presence.waitUntilGone()
                    continuation.finish(throwing: presence.departure)
                }
                defer { group.cancelAll() }
                for try await order in merged {
                    // What may be seen of energy may change while somebody looks.
                    let told = try await order.actuator == .energy ? shown(to: sight)(order.json) : order.json
                    if let told { try await events.send(told) }
                }
            }
        }
    }

    func owners(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["actuators": .array(try require(context).book.owners().map(\.json))])
    }

    func takeOver(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context, .actuatorTaken) { try $0.takeOver($1, by: context.caller.name, reason: $2) }
    }

    func handBack(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context, .actuatorHandedBack) { try $0.handBack($1, by: context.caller.name, reason: $2) }
    }

    private func change(
        _ request: Request, _ context: LaresContext, _ act: AuditAct, _ body: (OrderBook, ActuatorID, String?) throws -> Handover
    ) async throws -> Response {
        let book = try require(context).book
        try context.requireHands()
        guard let actuator = ActuatorID(kind: context.parameter("kind") ?? "", name: context.parameter("name") ?? "") else {
            throw APIError.invalid("the address must name an actuator, such as signal/A1")
        }
        let reason = try await request.reason(within: limits)
        try await check(actuator, act == .actuatorTaken ? 0 : nil, context)
        do {
            let handover = try body(book, actuator, reason)
            audit.note(act, "\(actuator)", by: context.caller, context.logger)
            return .json(handover.json)
        } catch let error as OrderError {
            throw APIError(order: error)
        }
    }

    /// `?limit=100&before=17`: the latest first.
    func handovers(_ request: Request, _ context: LaresContext) async throws -> Response {
        let query = request.queryFields
        let limit = try query.whole("limit", in: 1...Self.most) ?? Self.usual
        let before = try query.whole("before", in: 1...Int.max) ?? .max
        return .json(["handovers": .array(try require(context).book.handovers(limit: limit, before: before).map(\.json))])
    }

    private func require(_ context: LaresContext) throws -> OrderDispatch {
        guard let orders else { throw APIError.noHome }
        return orders
    }
}

extension APIError {
    /// How an error of orders looks to a client.
    init(order error: OrderError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .unknown: .notFound
            case .conflict, .owned: .conflict
            case .full: .serviceUnavailable
            default: .badRequest
            }
        self.init(
            status, type: status == .serviceUnavailable ? "server_error" : "invalid_request_error", code: error.code.name, error.message)
    }
}
