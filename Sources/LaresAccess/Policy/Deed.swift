import Foundation
import LaresCrypto
public import LaresJSON

/// What somebody wants a thing to do, as far as it is judged.
public struct Deed: Sendable, Hashable {
    /// The way on which it came.
    public enum Path: String, Sendable, Hashable, CaseIterable {
        /// The HTTP API.
        case api
        /// The console in a browser.
        case console
        /// The command line.
        case commandLine = "command_line"
        /// Speech, whoever spoke.
        case voice
        /// A model that uses a tool.
        case model
        /// A rule that runs.
        case rule
        /// A schedule or a timer.
        case schedule

        /// Whether whoever is named by the request is who acts. A voice may be anybody's, a rule and a model act later or by themselves.
        public var isByHand: Bool { [.api, .console, .commandLine].contains(self) }
    }

    /// What it may do that a person must want.
    public enum Hazard: String, Sendable, Hashable, CaseIterable {
        /// Opens the house.
        case opens
        /// Takes its guard away.
        case disarms
        /// Heats something that nobody may be looking at.
        case heats
        /// Nobody can tell: a raw message, a hazard that this version doesn't know. Judged as the worst of all.
        case unknown

        /// A hazard by its word; ``unknown`` for a word that isn't known.
        public static func named(_ word: String) -> Hazard { Hazard(rawValue: word) ?? .unknown }
    }

    /// The thing, as a policy sees it.
    public struct Target: Sendable, Hashable {
        /// Its lasting name, "hall/lamp".
        public let thing: String
        /// What it mostly is, "light".
        public let category: String
        /// Its area's id; nil: it is in none.
        public let area: String?

        /// A thing.
        public init(thing: String, category: String, area: String? = nil) {
            (self.thing, self.category, self.area) = (thing, category, area)
        }
    }

    /// Who wants it.
    public let principal: Principal
    /// How it came.
    public let path: Path
    /// What is to do it.
    public let target: Target
    /// Everything dangerous that it would do; empty: nothing.
    public let hazards: Set<Hazard>
    /// Exactly what it is to do: `{"locked": false}`, each value in the form in which it will be sent.
    public let order: JSON
    /// What led to it, for the log: "rule:night", "conversation:7f3a".
    public let cause: String?

    /// A deed.
    public init(
        by principal: Principal, through path: Path, on target: Target, hazards: Set<Hazard> = [], order: JSON, cause: String? = nil
    ) {
        (self.principal, self.path, self.target, self.hazards) = (principal, path, target, hazards)
        (self.order, self.cause) = (order, cause)
    }

    /// SHA-256 of the order, the thing and what is dangerous about it, in hexadecimal digits: two deeds with the same one do the same.
    public var fingerprint: String {
        let parts: JSON = [
            .string(target.thing), .string(target.category), target.area.map(JSON.string) ?? .null, hazardWords, order.canonical,
        ]
        return hexadecimal(SHA256.hash(parts.data))
    }

    /// One line for a log: `front/door {"locked":false}`. Codes are left out, characters that nobody sees are spelt out.
    public var summary: String { "\(target.thing) \(order.canonical.withoutCode.serialized)".withNothingUnseen }

    /// How it came, what is dangerous about it and what led to it, for the log.
    var detail: JSON.Members {
        var members: JSON.Members = ["path": .string(path.rawValue), "hazards": hazardWords]
        if let area = target.area { members.append("area", .string(area)) }
        if let key = principal.keyID { members.append("key", .string(key)) }
        if let person = principal.person { members.append("person", .string(person)) }
        if let cause { members.append("cause", .string(cause)) }
        return members
    }

    var hazardWords: JSON { .array(hazards.map(\.rawValue).sorted().map(JSON.string)) }
}

extension JSON {
    /// The same value with the members of every object sorted, so that equal orders read the same.
    var canonical: JSON {
        switch self {
        case .array(let elements): return .array(elements.map(\.canonical))
        case .object(let members):
            var sorted: [(key: String, value: JSON)] = members.map { ($0.key, $0.value.canonical) }
            sorted.sort { a, b in a.key == b.key ? a.value.serialized < b.value.serialized : a.key < b.key }
            return .object(sorted.reduce(into: JSON.Members()) { $0.append($1.key, $1.value) })
        default: return self
        }
    }

    fileprivate var withoutCode: JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.reduce(into: JSON.Members()) { $0.append($1.key, $1.key == "code" ? "…" : $1.value) })
    }
}
