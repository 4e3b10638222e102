import Foundation
import LaresAccess
import LaresJSON
import LaresStore
import LaresTesting

/// Everything that `access.db` holds, with PINs that are fast to try.
struct AccessUnderTest {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)
    let home: LaresHome
    let keys: KeyStore
    let audit: AuditLog
    let people: People
    let guardian: HomeGuard

    init(home: LaresHome) throws {
        self.home = home
        keys = try KeyStore(home: home)
        audit = try AuditLog(home: home)
        people = People(keys, audit: audit, logRounds: 1)
        guardian = HomeGuard(keys, people)
    }

    /// What another process, or the next one, sees.
    func reopened() throws -> AccessUnderTest { try AccessUnderTest(home: home) }

    /// A person with a key of theirs.
    func person(_ name: String, _ role: Role, pin: String? = nil) throws -> (person: Person, principal: Principal) {
        let person = try people.add(name: name, role: role, by: .local)
        if let pin { try people.setPIN(pin, of: person.id, by: .local, now: Self.start) }
        return (person, try key("\(name)'s phone", role, person: person.id))
    }

    /// The holder of a new key.
    func key(_ name: String, _ role: Role, person: String? = nil) throws -> Principal {
        let made = try keys.make(name: name, role: role, person: person, now: Self.start)
        guard let principal = try keys.principal(forSecret: made.secret, now: Self.start) else { throw AccessError(.noSuchKey, "none") }
        return principal
    }

    func acts() throws -> [AuditAct] { try audit.entries(limit: 10_000).map(\.act) }
}

func withAccess<R>(_ body: (AccessUnderTest) throws -> R) throws -> R {
    try withHome { home in try body(AccessUnderTest(home: home)) }
}

extension Deed {
    static let door = Target(thing: "front/door", category: "lock", area: "hall")

    /// Unlocking the front door.
    static func unlocking(
        by principal: Principal, _ path: Path = .console, hazards: Set<Hazard> = [.opens], cause: String? = nil
    ) -> Deed {
        Deed(by: principal, through: path, on: door, hazards: hazards, order: ["locked": false], cause: cause)
    }

    /// Switching a lamp on.
    static func lighting(by principal: Principal, _ path: Path = .console, area: String? = "hall") -> Deed {
        Deed(by: principal, through: path, on: Target(thing: "hall/lamp", category: "light", area: area), order: ["on": true])
    }
}

extension HomeGuard.Judgement {
    var isPermitted: Bool { if case .permitted = self { true } else { false } }
}

/// Numbers of a seed, so that a failure can be repeated.
struct SeededRandom: RandomNumberGenerator {
    /// LARES_SEED chooses it.
    static let seed = ProcessInfo.processInfo.environment["LARES_SEED"].flatMap { UInt64($0) } ?? 20_261_129
    /// LARES_FUZZ raises it.
    static func count(_ usual: Int) -> Int {
        ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) }.map { max(usual, $0) } ?? usual
    }

    private var random: SplitMix

    init(_ seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func next() -> UInt64 { random.next() }
}
