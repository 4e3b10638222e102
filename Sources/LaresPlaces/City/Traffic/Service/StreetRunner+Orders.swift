internal import Foundation
internal import LaresControl
internal import LaresJSON
internal import LaresThings

/// Every change of a phase is an order, with what led to it and what came of it.
extension StreetRunner {
    /// Seconds in which an order must have been taken.
    private static let validity = 60.0
    /// Seconds that a signal may say that it shows something else.
    private static let patience = 3

    /// Writes down the changes that begin with the next second, before they go out.
    func order() {
        var requests: [OrderRequest] = [], places: [Int] = []
        let now = clock.now
        for place in junctions.indices {
            let keeper = street.keepers[place], before = junctions[place].target, target = keeper.target ?? keeper.phase
            defer { junctions[place].target = target }
            // The phase with which it begins isn't a change. What somebody else who has the signal wants is an order of theirs already, and its programme
            // without them is nobody's.
            guard junctions[place].isOurs, let target, target != before, keeper.target != nil || before != nil,
                let decision = keeper.decision
            else { continue }
            let request = OrderRequest(
                id: "phase-\(UUID().uuidString)", actuator: junctions[place].actuator, value: ["phase": .int(target)],
                issuer: junctions[place].issuer, expiresAt: now + Self.validity, cause: cause(decision, at: place)
            )
            requests.append(request)
            places.append(place)
        }
        guard !requests.isEmpty else { return }
        writing {
            for (place, order) in zip(places, try book.placeForSending(requests)) {
                guard order.state == .sent, case .int(let phase)? = order.value["phase"] else {
                    // Somebody took the signal over a moment ago: nothing that we wished is shown, and its programme runs until they say what they want.
                    street.change(place) {
                        $0.hand = .programme
                        states[place] = $0.withdraw()
                    }
                    continue
                }
                junctions[place].open = .init(id: order.id, phase: phase, began: time ?? 0)
            }
        }
    }

    /// Notes what the street took, and what it shows.
    func confirm(_ reading: StreetReading) {
        var outcomes: [(id: String, outcome: OrderBook.Outcome)] = []
        for place in junctions.indices {
            if let outcome = confirmed(place, reading) { outcomes.append(outcome) }
            let keeper = street.keepers[place]
            if let hand = junctions[place].hand, !hand.isSeen, keeper.phase == hand.phase, keeper.hand == .phase(hand.phase) {
                junctions[place].hand?.isSeen = true
                outcomes.append((hand.order, .effective(["phase": .int(hand.phase)])))
            }
        }
        guard !outcomes.isEmpty else { return }
        writing { try book.close(outcomes) }
    }

    private func confirmed(_ place: Int, _ reading: StreetReading) -> (id: String, outcome: OrderBook.Outcome)? {
        guard var open = junctions[place].open else { return nil }
        defer { if junctions[place].open != nil { junctions[place].open = open } }
        let keeper = street.keepers[place]
        if keeper.phase == open.phase {
            let shown = place < reading.shown.count ? reading.shown[place] : nil
            if let shown, shown != keeper.plan.phases[open.phase].letters, open.different < Self.patience {
                open.different += 1
                return nil
            }
            junctions[place].open = nil
            if open.different >= Self.patience {
                note(place, "disobeyed", "shows '\(shown ?? "")' where phase \(open.phase) was ordered")
                return (open.id, .failed("the signal shows '\(shown ?? "")'"))
            }
            let effect: JSON = [
                "phase": .int(open.phase), "after": .double(reading.time - open.began), "shown": shown.map { .string($0) } ?? .null,
                "standing": .double(Double(keeper.demand?.reduce(Float(0)) { $0 + $1.standing } ?? 0)),
            ]
            return (open.id, .effective(effect))
        }
        guard !open.isAcknowledged else { return nil }
        open.isAcknowledged = true
        return (open.id, .acknowledged)
    }

    /// What was on its way when the street broke off.
    func failOpen(_ reason: String) {
        let outcomes = junctions.compactMap { $0.open.map { (id: $0.id, outcome: OrderBook.Outcome.failed(reason)) } }
        for place in junctions.indices { (junctions[place].open, junctions[place].target) = (nil, nil) }
        if !outcomes.isEmpty { writing { try book.close(outcomes) } }
    }

    /// From the readings to the decision: what stands in the order.
    private func cause(_ decision: SignalDecision, at place: Int) -> JSON {
        let junction = junctions[place], plan = street.keepers[place].plan
        let seen = zip(plan.approaches, decision.demand).filter { $1.standing + $1.soon + $1.next > 0 }.prefix(24)
        let readings = seen.map { approach, demand -> JSON in
            [
                "lane": .string(approach.lane), "standing": .rounded(demand.standing), "soon": .rounded(demand.soon),
                "next": .rounded(demand.next), "waited": .rounded(demand.waited * 60),
            ]
        }
        let model: JSON = junction.version.map { ["name": .string($0.name), "version": .int($0.number)] } ?? .null
        return [
            "time": .double(decision.time), "stage": (decision.stage?.rawValue).map { .string($0) } ?? .null,
            "controller": .string(junction.settings.control.rawValue), "model": model, "wish": .number(decision.wanted),
            "programme": .number(decision.usual), "decided": .string(decision.by.rawValue),
            "why": decision.fallBack.map { .string("\(TrafficEvent.words(for: $0))") } ?? .null, "readings": .array(readings),
        ]
    }
}

extension JSON {
    /// With a decimal, which is what loops and cameras are good for.
    static func rounded(_ value: Float) -> JSON { value.isFinite ? .double((Double(value) * 10).rounded() / 10) : .null }

    static func rounded(_ value: Double?) -> JSON { value.flatMap { $0.isFinite ? .double(($0 * 10).rounded() / 10) : nil } ?? .null }

    static func number(_ value: Int?) -> JSON { value.map { .int($0) } ?? .null }
}
