internal import Foundation
internal import GRDB
internal import LaresJSON
internal import LaresThings

extension OrderBook {
    /// Takes an actuator for a controller, or keeps it longer.
    ///
    /// - Parameter lease: Seconds after which it lapses unless the controller orders or claims again.
    /// - Throws: ``OrderError`` with `owned`: somebody else has it.
    @discardableResult public func claim(_ actuator: ActuatorID, by issuer: OrderIssuer, lease: Double = 3_600) throws -> Ownership {
        let now = clock.now
        return try pool.write { database in
            if let reason = try refusal(of: issuer, for: actuator, at: now, lease: lease, database) { throw OrderError(.owned, reason) }
            guard let owner = try Self.ownership(of: actuator, database) else {
                throw OrderError(.invalid, "people take \(actuator) over, they don't claim it")
            }
            return owner
        }
    }

    /// Gives an actuator up; nothing happens when somebody else has it.
    public func release(_ actuator: ActuatorID, by issuer: OrderIssuer) throws {
        try pool.write { database in
            guard let owner = try Self.ownership(of: actuator, database), owner.owner.isSame(as: issuer) else { return }
            try database.execute(sql: "DELETE FROM owners WHERE actuator = ?", arguments: [actuator.description])
        }
    }

    /// Hands an actuator from a controller to the one that does its work from now on. In a person's hands it stays, and comes back to the new one then;
    /// nothing happens when another controller has it.
    public func pass(_ actuator: ActuatorID, from old: OrderIssuer, to new: OrderIssuer, lease: Double = 3_600) throws {
        let now = clock.now, until = now + min(max(lease.isFinite ? lease : 3_600, 1), 86_400)
        try pool.write { database in
            guard let kept = try Self.ownership(of: actuator, database) else { return }
            if kept.owner.isSame(as: old) {
                try Self.keep(Ownership(actuator, new, since: now, until: until, before: nil), database)
            } else if kept.owner.kind == .person, kept.before?.isSame(as: old) == true {
                try Self.keep(Ownership(actuator, kept.owner, since: kept.since, until: kept.until, before: new), database)
            }
        }
    }

    /// Puts an actuator into a person's hands, at once and whoever has it. What others ordered and wasn't sent is refused.
    ///
    /// - Throws: ``OrderError`` with `full`; an error of the database.
    @discardableResult public func takeOver(_ actuator: ActuatorID, by person: String, reason: String? = nil) throws -> Handover {
        let now = clock.now
        let (handover, refused) = try pool.write { database in
            let old = try Self.ownership(of: actuator, database), new = OrderIssuer.person(person)
            if old == nil { try makeRoomForOwner(now, database) }
            let before = old.flatMap { $0.owner.kind == .controller ? $0.owner : $0.before }
            try Self.keep(Ownership(actuator, new, since: now, until: nil, before: before), database)
            let refused = try Self.refuseOthers(for: actuator, by: person, database)
            return (try Self.log(actuator, from: old?.owner, to: new, by: person, reason, at: now, database), refused)
        }
        tell(refused)
        return handover
    }

    /// Gives an actuator from people's hands back to the controller that had it; without one, nobody has it then.
    ///
    /// - Throws: ``OrderError`` with `owned`: no person has it.
    @discardableResult public func handBack(_ actuator: ActuatorID, by person: String, reason: String? = nil) throws -> Handover {
        let now = clock.now
        let (handover, refused) = try pool.write { database in
            guard let old = try Self.ownership(of: actuator, database), old.owner.kind == .person else {
                throw OrderError(.owned, "nobody took \(actuator) over: there is nothing to hand back")
            }
            let to = old.before
            if let to {
                try Self.keep(Ownership(actuator, to, since: now, until: now + 3_600, before: nil), database)
            } else {
                try database.execute(sql: "DELETE FROM owners WHERE actuator = ?", arguments: [actuator.description])
            }
            let refused = try Self.refuseOthers(for: actuator, by: to?.name ?? "", database)
            return (try Self.log(actuator, from: old.owner, to: to, by: person, reason, at: now, database), refused)
        }
        tell(refused)
        return handover
    }

    /// Who has an actuator; nil: nobody does.
    public func owner(of actuator: ActuatorID) throws -> Ownership? {
        let now = clock.now
        return try pool.read { try Self.ownership(of: actuator, $0) }.flatMap { $0.hasLapsed(at: now) ? nil : $0 }
    }

    /// All that somebody has, by their names.
    public func owners() throws -> [Ownership] {
        let now = clock.now
        return try pool.read { try String.fetchAll($0, sql: "SELECT body FROM owners ORDER BY actuator") }
            .compactMap { (try? JSON(parsing: Array($0.utf8))).flatMap { Ownership(kept: $0) } }.filter { !$0.hasLapsed(at: now) }
    }

    /// What changed hands, the latest first.
    public func handovers(limit: Int, before number: Int = .max) throws -> [Handover] {
        try pool.read {
            try Row.fetchAll(
                $0, sql: "SELECT number, body FROM handovers WHERE number < ? ORDER BY number DESC LIMIT ?",
                arguments: [number, max(0, limit)])
        }.compactMap { row in
            (try? JSON(parsing: Array((row["body"] as String).utf8))).flatMap { Handover(kept: $0, number: row["number"]) }
        }
    }

    /// Why somebody may not order; nil: they may, and a controller has the actuator for longer then.
    func refusal(
        of issuer: OrderIssuer, for actuator: ActuatorID, at now: Date, lease: Double = 3_600, _ database: Database
    ) throws -> String? {
        let kept = try Self.ownership(of: actuator, database)
        if let kept, !kept.hasLapsed(at: now), !kept.owner.isSame(as: issuer) { return kept.refusal(of: issuer) }
        guard issuer.kind == .controller else { return nil }
        let since = kept.flatMap { $0.owner.isSame(as: issuer) ? $0.since : nil } ?? now
        let until = now + min(max(lease.isFinite ? lease : 3_600, 1), 86_400)
        // Written once a minute at most: each order keeps what it needs, and a lease is long.
        if let kept, kept.owner == issuer, let end = kept.until, end > now, end >= until - 60 { return nil }
        if kept == nil { try makeRoomForOwner(now, database) }
        try Self.keep(Ownership(actuator, issuer, since: since, until: until, before: nil), database)
        return nil
    }

    private static func ownership(of actuator: ActuatorID, _ database: Database) throws -> Ownership? {
        try String.fetchOne(database, sql: "SELECT body FROM owners WHERE actuator = ?", arguments: [actuator.description])
            .flatMap { try? JSON(parsing: Array($0.utf8)) }.flatMap { Ownership(kept: $0) }
    }

    /// Leases that have lapsed make room when there is none.
    private func makeRoomForOwner(_ now: Date, _ database: Database) throws {
        func count() throws -> Int { try Int.fetchOne(database, sql: "SELECT count(*) FROM owners") ?? 0 }
        guard try count() >= limits.owners else { return }
        let all = try String.fetchAll(database, sql: "SELECT body FROM owners")
        for owner in all.compactMap({ (try? JSON(parsing: Array($0.utf8))).flatMap { Ownership(kept: $0) } }) where owner.hasLapsed(at: now)
        {
            try database.execute(sql: "DELETE FROM owners WHERE actuator = ?", arguments: [owner.actuator.description])
        }
        guard try count() < limits.owners else {
            throw OrderError(.full, "\(limits.owners) actuators are in somebody's hands, which is as many as may be: hand some back")
        }
    }

    private static func keep(_ ownership: Ownership, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO owners VALUES (?, ?)", arguments: [ownership.actuator.description, ownership.json.serialized])
    }

    /// What others ordered and wasn't sent.
    private static func refuseOthers(for actuator: ActuatorID, by owner: String, _ database: Database) throws -> [Order] {
        try Row.fetchAll(
            database, sql: "SELECT number, body FROM orders WHERE actuator = ? AND state = 'ordered' AND issuer <> ?",
            arguments: [actuator.description, owner]
        ).compactMap { read($0) }.map { order in
            var order = order
            (order.state, order.reason) = (.refused, "\(actuator) changed hands before it was sent")
            try update(order, database)
            return order
        }
    }

    private static func log(
        _ actuator: ActuatorID, from: OrderIssuer?, to: OrderIssuer?, by person: String, _ reason: String?, at now: Date,
        _ database: Database
    ) throws -> Handover {
        let reason = reason.flatMap { $0.isEmpty ? nil : String($0.prefix(500)) }
        let new = Handover(0, at: now, actuator, from: from, to: to, by: person, reason)
        try database.execute(
            sql: "INSERT INTO handovers (actuator, body) VALUES (?, ?)", arguments: [actuator.description, new.json.serialized])
        return Handover(Int(database.lastInsertedRowID), at: now, actuator, from: from, to: to, by: person, reason)
    }
}

extension Ownership {
    fileprivate func hasLapsed(at now: Date) -> Bool { until.map { $0 <= now } ?? false }

    fileprivate func refusal(of issuer: OrderIssuer) -> String {
        if owner.kind == .person {
            return "\(actuator) is in the hands of \(owner.name), who took it over: they have to hand it back first"
        }
        if issuer.kind == .person { return "\(actuator) is controlled by \(owner.name): take it over first" }
        return
            "\(actuator) is controlled by \(owner.name), and has one controller at a time: '\(issuer.name)' has to wait until it is released"
    }
}
