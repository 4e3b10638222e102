import Foundation
import GRDB
import LaresCrypto
import LaresJSON

/// The questions that wait for people, in `access.db`. Every step is one transaction with its line in the audit log: of two that come at
/// once one is done, and whatever ends the process, a deed is begun once or not at all.
///
/// Whether somebody may is decided by ``HomeGuard``.
struct Confirmations: Sendable {
    static let mostOfOne = 8
    static let mostOfAll = 64

    let pool: DatabasePool
    let audit: AuditLog

    /// Asks; what the same principal asked already on the same path is that same question.
    func ask(_ deed: Deed, needsPIN: Bool, seconds: Int, now: Date) throws -> Confirmation {
        try expire(now)
        return try pool.write { database in
            try database.execute(
                sql: "DELETE FROM confirmations WHERE state NOT IN ('pending', 'approved') AND asked < ?",
                arguments: [now.timeIntervalSince1970 - 86_400])
            let open = try fetch(database, "state IN ('pending', 'approved')", [])
            let own = open.filter { $0.deed.principal.isSame(as: deed.principal) }
            let same = own.first { $0.fingerprint == deed.fingerprint && $0.deed.path == deed.path && $0.needsPIN == needsPIN }
            if let same { return same }
            guard own.count < Self.mostOfOne, open.count < Self.mostOfAll else {
                throw AccessError(
                    .tooManyPending, "too many questions wait for an answer: let people answer them first", retryAfter: seconds)
            }
            let id = hexadecimal(Secrets.random(16))
            let asked = Confirmation(
                id: id, state: .pending, deed: deed, fingerprint: deed.fingerprint, needsPIN: needsPIN, asked: now,
                ends: now + TimeInterval(seconds), answerer: nil, isWithPIN: false)
            try insert(asked, database)
            try note(.confirmationAsked, asked, by: deed.principal, now)
            return asked
        }
    }

    private func insert(_ asked: Confirmation, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO confirmations (id, state, deed, fingerprint, needs_pin, asked, ends) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                asked.id, asked.state.rawValue, asked.deed.kept, asked.fingerprint, asked.needsPIN,
                asked.asked.timeIntervalSince1970, asked.ends.timeIntervalSince1970,
            ])
    }

    /// A question that waits, or was answered and waits to be begun.
    func open(_ id: String, _ state: Confirmation.State, now: Date) throws -> Confirmation {
        try expire(now)
        return try pool.read { try found(id, state, $0) }
    }

    /// Those that wait for an answer, oldest first.
    func pending(now: Date) throws -> [Confirmation] {
        try expire(now)
        return try pool.read { try fetch($0, "state = 'pending'", []) }
    }

    /// A person said yes: from now on the deed may begin, for ten seconds. With a PIN, the person is known whoever's key it is.
    func approve(_ id: String, by principal: Principal, named name: String, withPIN: Bool, now: Date) throws -> Confirmation {
        let more: JSON.Members = name == principal.name ? [:] : ["answerer": .string(name)]
        return try step(id, from: .pending, to: .approved, by: principal, now, more) { database in
            try database.execute(
                sql: "UPDATE confirmations SET answerer = ?, answered = ?, with_pin = ?, ends = ? WHERE id = ?",
                arguments: [
                    name, now.timeIntervalSince1970, withPIN, (now + Confirmation.patience).timeIntervalSince1970, id,
                ])
        }
    }

    /// A person said no.
    func decline(_ id: String, by principal: Principal, now: Date) throws -> Confirmation {
        try step(id, from: .pending, to: .declined, by: principal, now) { database in
            try database.execute(
                sql: "UPDATE confirmations SET answerer = ?, answered = ? WHERE id = ?",
                arguments: [principal.name, now.timeIntervalSince1970, id])
        }
    }

    /// The deed begins, now or never.
    func begin(_ id: String, by principal: Principal, now: Date) throws -> Confirmation {
        try step(id, from: .approved, to: .begun, by: principal, now) { _ in }
    }

    /// How far a question is, also one that ended in the last day; nil: there is none.
    func state(of id: String, now: Date) throws -> Confirmation.State? {
        try expire(now)
        return try pool.read { try String.fetchOne($0, sql: "SELECT state FROM confirmations WHERE id = ?", arguments: [id]) }
            .flatMap(Confirmation.State.init)
    }

    /// Ends what nobody answered in time, and what was answered and not begun in time.
    ///
    /// A clock that was put back ends questions too: nobody can tell how long they have waited. Five seconds are for those who took the
    /// time before they had the database.
    func expire(_ now: Date) throws {
        let condition = "state IN ('pending', 'approved') AND (ends <= ?1 OR asked > ?1 + \(Self.tolerance))"
        let time = now.timeIntervalSince1970
        let isDue = try pool.read {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT * FROM confirmations WHERE \(condition))", arguments: [time])
        }
        guard isDue == true else { return }
        try pool.write { database in
            for question in try fetch(database, condition, [time]) {
                try note(.confirmationExpired, question, by: question.deed.principal, now)
            }
            try database.execute(sql: "UPDATE confirmations SET state = 'expired', deed = '' WHERE \(condition)", arguments: [time])
        }
    }

    private static let tolerance = 5.0

    private func step(
        _ id: String, from: Confirmation.State, to: Confirmation.State, by principal: Principal, _ now: Date, _ more: JSON.Members = [:],
        _ change: (Database) throws -> Void
    ) throws -> Confirmation {
        try expire(now)
        return try pool.write { database in
            let question = try found(id, from, database)
            guard question.asked <= now + Self.tolerance, now < question.ends else { throw Self.gone }
            try change(database)
            if to == .approved {
                try database.execute(sql: "UPDATE confirmations SET state = 'approved' WHERE id = ?", arguments: [id])
            } else {
                try close(id, to, database)
            }
            let act: AuditAct = to == .approved ? .confirmationApproved : to == .declined ? .confirmationDeclined : .deedPermitted
            try note(act, question, by: principal, now, more)
            return question
        }
    }

    /// What was to be done is forgotten with the question; the log knows it.
    private func close(_ id: String, _ state: Confirmation.State, _ database: Database) throws {
        try database.execute(sql: "UPDATE confirmations SET state = ?, deed = '' WHERE id = ?", arguments: [state.rawValue, id])
    }

    private func found(_ id: String, _ state: Confirmation.State, _ database: Database) throws -> Confirmation {
        guard let question = try fetch(database, "id = ? AND state = '\(state.rawValue)'", [id]).first else { throw Self.gone }
        return question
    }

    private static let gone = AccessError(
        .noSuchConfirmation, "no such question waits for this: it was answered, has ended, or was never asked")

    private func fetch(_ database: Database, _ condition: String, _ arguments: StatementArguments) throws -> [Confirmation] {
        try Row.fetchAll(database, sql: "SELECT * FROM confirmations WHERE \(condition) ORDER BY asked, id", arguments: arguments)
            .compactMap(Confirmation.init)
    }

    private func note(
        _ act: AuditAct, _ question: Confirmation, by principal: Principal, _ now: Date, _ more: JSON.Members = [:]
    ) throws {
        var detail = more.reduce(into: question.deed.detail) { $0.append($1.key, $1.value) }
        detail.append("asker", .string(question.deed.principal.name))
        detail.append("confirmation", .string(question.id))
        try audit.append(act, subject: question.deed.summary, by: principal, detail: .object(detail), now: now)
    }
}

extension Principal {
    /// Whether both are the same caller, whatever they may now.
    fileprivate func isSame(as other: Principal) -> Bool { name == other.name && keyID == other.keyID }
}
