public import LaresJSON

/// Carries out orders for one kind of actuator.
public protocol OrderCarrier: Sendable {
    /// Sends an order, and waits until it was taken.
    ///
    /// - Returns: What was seen of its effect; nil: nothing yet.
    /// - Throws: Why it wasn't taken.
    func carry(_ order: Order) async throws -> JSON?
}

/// Brings orders to who carries them out, by the kind of their actuators.
public actor OrderDispatch {
    /// Where they are written down.
    public nonisolated let book: OrderBook
    private var carriers: [String: any OrderCarrier] = [:]

    /// Nobody carries anything out yet.
    public init(_ book: OrderBook) { self.book = book }

    /// Says who carries out what is ordered of a kind of actuator.
    public func register(_ kind: String, _ carrier: any OrderCarrier) { carriers[kind] = carrier }

    /// Places an order, sends it if it may be sent, and notes what came of it. The same id again gives the same order, and sends nothing.
    ///
    /// - Throws: ``OrderError``; an error of the database.
    public func carryOut(_ request: OrderRequest) async throws -> Order {
        guard let carrier = carriers[request.actuator.kind] else {
            throw OrderError(.noCarrier, "nobody here carries out orders for a '\(request.actuator.kind)'")
        }
        let placed = try book.place(request)
        guard placed.state == .ordered, let order = try book.beginSending(placed.id) else { return try book.order(placed.id) ?? placed }
        do {
            let effect = try await carrier.carry(order)
            return try (effect.map { try book.sawEffect(order.id, $0) } ?? book.acknowledge(order.id)) ?? order
        } catch {
            return try book.fail(order.id, "\(error)") ?? order
        }
    }

    /// Ends what is past its time, each half minute, until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            _ = try? book.settle()
            try? await Task.sleep(for: .seconds(30))
        }
    }
}
