public import Foundation
import GRDB
import LaresJSON

/// A question to a person: whether a deed that somebody asked for is meant.
public struct Confirmation: Sendable, Hashable {
    /// How far it is.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It waits for an answer.
        case pending
        /// A person said yes; the deed must begin within ten seconds.
        case approved
        /// The deed was begun, once.
        case begun
        /// A person said no.
        case declined
        /// Nobody answered in time, or the deed wasn't begun in time. It is never done.
        case expired
    }

    /// 32 hexadecimal digits, at random.
    public let id: String
    /// How far it is.
    public let state: State
    /// What would be done, as it was asked for.
    public let deed: Deed
    /// What it was when it was asked for: ``Deed/fingerprint``.
    public let fingerprint: String
    /// Whether whoever says yes must give a PIN, whatever the policy asks of themselves.
    public let needsPIN: Bool
    /// When it was asked.
    public let asked: Date
    /// When it ends.
    public let ends: Date
    /// Who answered.
    public let answerer: String?
    /// Whether they gave a PIN.
    let isWithPIN: Bool
}

extension Confirmation {
    /// How long a deed may wait after a yes.
    static let patience: TimeInterval = 10

    /// Nil for what a later version kept: it can't be answered here, and ends in its time.
    init?(_ row: Row) {
        guard let state = State(rawValue: row["state"]), let deed = Deed(kept: row["deed"]) else { return nil }
        self.init(
            id: row["id"], state: state, deed: deed, fingerprint: row["fingerprint"], needsPIN: row["needs_pin"],
            asked: Date(timeIntervalSince1970: row["asked"]), ends: Date(timeIntervalSince1970: row["ends"]), answerer: row["answerer"],
            isWithPIN: row["with_pin"] ?? false)
    }
}

extension Deed {
    /// The longest order that is shown to a person, in bytes.
    static let longestOrder = 4096

    /// Whether it can be kept, and shown to a person in full.
    var isKeepable: Bool {
        order.data.count <= Self.longestOrder && Deed(kept: kept).map { $0.kept == kept && $0.fingerprint == fingerprint } == true
    }

    /// As it is kept while a question waits.
    var kept: String {
        var principal: JSON.Members = [
            "name": .string(principal.name), "roles": .array(principal.roles.map(\.rawValue).sorted().map(JSON.string)),
        ]
        if let key = self.principal.keyID { principal.append("key", .string(key)) }
        if let person = self.principal.person { principal.append("person", .string(person)) }
        var members: JSON.Members = [
            "principal": .object(principal), "path": .string(path.rawValue), "thing": .string(target.thing),
            "category": .string(target.category), "hazards": hazardWords, "order": order,
        ]
        if let area = target.area { members.append("area", .string(area)) }
        if let cause { members.append("cause", .string(cause)) }
        return JSON.object(members).serialized
    }

    init?(kept text: String) {
        guard let json = try? JSON(parsing: Array(text.utf8)), let principal = json["principal"], let name = principal["name"]?.text,
            let path = json["path"]?.text.flatMap(Path.init), let thing = json["thing"]?.text, let category = json["category"]?.text,
            let hazards = json["hazards"]?.elements, let order = json["order"]
        else { return nil }
        let roles = principal["roles"]?.elements?.compactMap { $0.text.map(Role.init(stored:)) } ?? []
        self.init(
            by: Principal(name: name, keyID: principal["key"]?.text, roles: Set(roles), person: principal["person"]?.text), through: path,
            on: Target(thing: thing, category: category, area: json["area"]?.text),
            hazards: Set(hazards.map { Hazard.named($0.text ?? "") }), order: order, cause: json["cause"]?.text)
    }
}
