import Foundation
import LaresAccess
import LaresJSON
import Testing

/// Random policies, people, deeds and calls, from a printed seed: whatever is called in whatever order, a permit for what is dangerous
/// comes only with what the policy asks. What is asked is worked out here once more, and differently.
@Suite struct HomeGuardPropertyTests {
    @Test func noSequenceOfCallsGetsADeedPastThePolicy() throws {
        print("HomeGuardPropertyTests: seed \(SeededRandom.seed)")
        var permits = (0, 0)
        for home in 0..<SeededRandom.count(40) {
            try withAccess { access in
                var theatre = try Theatre(access, SeededRandom(SeededRandom.seed &+ UInt64(home)))
                for step in 0..<60 {
                    if let fault = try theatre.step() { return #expect(Bool(false), "home \(home), step \(step): \(fault)") }
                }
                permits = (permits.0 + theatre.judged, permits.1 + theatre.begun)
            }
        }
        // It must have been possible to fail.
        print("HomeGuardPropertyTests: \(permits.0) dangerous deeds permitted at once, \(permits.1) after a yes")
        #expect(permits.0 > 30 && permits.1 > 10, "\(permits)")
    }
}

/// One home and those who try things in it.
private struct Theatre {
    let access: AccessUnderTest
    var random: SeededRandom
    var now = AccessUnderTest.start
    var policy = HomePolicy()
    var callers: [Principal] = []
    var pins: [String: String] = [:]
    /// What was said yes to: with what order, until when, and whether with a PIN.
    var yes: [String: (order: JSON, ends: Date, withPIN: Bool)] = [:]
    var questions: [LaresAccess.Confirmation] = []
    var judged = 0, begun = 0

    init(_ access: AccessUnderTest, _ random: SeededRandom) throws {
        (self.access, self.random) = (access, random)
        for (i, role) in Role.allCases.enumerated() {
            if role != .agent {
                let pin = i % 2 == 0 ? "40\(71 + i)" : nil
                let (person, principal) = try access.person("person \(i)", role, pin: pin)
                callers.append(principal)
                if let pin { pins[person.id] = pin }
            }
            callers.append(try access.key("key \(i)", role))
        }
        callers.append(.local)
        try changePolicy()
    }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: 0..<choices.count, using: &random)] }

    private mutating func changePolicy() throws {
        policy = HomePolicy()
        for hazard in Deed.Hazard.allCases {
            for role in Role.allCases { policy.set(pick(HomePolicy.Answer.allCases), to: hazard, of: role) }
        }
        if Bool.random(using: &random) { policy.scopes[pick(Role.allCases)] = Scope(areas: ["hall"]) }
        try access.guardian.policies.set(policy, by: .local)
    }

    private mutating func deed() -> Deed {
        var hazards: Set<Deed.Hazard> = []
        for hazard in Deed.Hazard.allCases where Int.random(in: 0..<4, using: &random) == 0 { hazards.insert(hazard) }
        return Deed(
            by: pick(callers), through: pick(Deed.Path.allCases),
            on: Deed.Target(thing: "a/b", category: pick(["lock", "light", "camera"]), area: pick(["hall", "bath", nil])), hazards: hazards,
            order: ["n": .int(Int.random(in: 0..<1_000_000, using: &random))])
    }

    private mutating func assurance() -> Assurance {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .none
        case 1, 2: return .confirmed
        case 3: return .standing(by: "person 0")
        default:
            let who: String? = Bool.random(using: &random) ? pick(Array(pins.keys).sorted()) : nil
            return .pin(Int.random(in: 0..<8, using: &random) == 0 ? "9999" : pick(Array(pins.values).sorted()), of: who)
        }
    }

    /// Does something at random; says what got past the policy.
    mutating func step() throws -> String? {
        now += Double(Int.random(in: 0..<8, using: &random))
        switch Int.random(in: 0..<10, using: &random) {
        case 0: try changePolicy()
        case 1, 2, 3: return try judge()
        case 4, 5:
            let deed = deed()
            if let question = try attempt({ try access.guardian.ask(deed, now: now) }) { questions.append(question) }
        case 6, 7, 8: return try answer()
        default: return try begin()
        }
        return nil
    }

    private func attempt<T>(_ body: () throws -> T) throws -> T? { do { return try body() } catch is AccessError { return nil } }

    private mutating func judge() throws -> String? {
        let deed = deed(), assurance = assurance()
        guard case .permitted(let permit)? = try attempt({ try access.guardian.judge(deed, assurance, now: now) }) else { return nil }
        judged += deed.hazards.isEmpty ? 0 : 1
        guard permit.deed == deed else { return "another deed is permitted" }
        return fault(deed, assurance)
    }

    /// What should have stopped a deed that came with that.
    private func fault(_ deed: Deed, _ assurance: Assurance) -> String? {
        let isPerson = deed.principal.roles.isDisjoint(with: [.agent, .viewer]) && deed.path != .model
        let isRight: Bool
        var roles = deed.principal.roles
        switch assurance {
        case .pin(let pin, let who):
            let person = deed.principal.person ?? who ?? ""
            isRight = pins[person] == pin && (who == nil || who == person)
            // Their PIN brings their role along, where anything is asked at all.
            if asked(deed, roles) != .allow, let other = callers.first(where: { $0.person == person }) { roles.formUnion(other.roles) }
        case .none, .confirmed, .standing: isRight = false
        }
        switch asked(deed, roles) {
        case .allow where deed.hazards.isEmpty: return roles.contains(.viewer) ? "a viewer set something" : nil
        case .allow where [.api, .console, .commandLine].contains(deed.path): return nil
        case .refuse: return "it was to be refused"
        case let least:
            let answer = max(least, .confirm)
            if assurance == .standing(by: "person 0") { return [.rule, .schedule].contains(deed.path) ? nil : "a standing yes" }
            guard isPerson, deed.path != .rule, deed.path != .schedule else { return "no person said so" }
            if isRight { return nil }
            let mayConfirm = answer == .confirm || (answer == .pinIfSet && !canGivePIN(deed.principal))
            return mayConfirm && assurance == .confirmed && deed.path != .voice ? nil : "\(answer) was to be asked, \(assurance) came"
        }
    }

    private func canGivePIN(_ principal: Principal) -> Bool {
        if let person = principal.person { return pins[person] != nil }
        return callers.contains { $0.person.map { pins[$0] != nil } == true && !$0.roles.isDisjoint(with: [.owner, .resident]) }
    }

    /// The strictest of what the policy asks.
    private func asked(_ deed: Deed, _ roles: Set<Role>) -> HomePolicy.Answer {
        let roles = deed.path == .model ? roles.union([.agent]) : roles
        var strictest = HomePolicy.Answer.allow
        for role in roles {
            if let scope = policy.scopes[role], !scope.contains(deed.target) { return .refuse }
            for hazard in deed.hazards { strictest = max(strictest, policy.answer(to: hazard, of: role)) }
        }
        return strictest
    }

    private mutating func answer() throws -> String? {
        guard let question = questions.last(where: { yes[$0.id] == nil }) ?? questions.last else { return nil }
        let caller = pick(callers), path = pick([Deed.Path.api, .api, .console, .model]), assurance = assurance()
        guard try attempt({ try access.guardian.approve(question.id, by: caller, through: path, assurance, now: now) }) != nil else {
            return nil
        }
        guard yes[question.id] == nil else { return "answered twice" }
        guard now < question.ends else { return "answered too late" }
        let own = Deed(
            by: caller, through: path, on: question.deed.target, hazards: question.deed.hazards, order: question.deed.order)
        if let fault = fault(own, assurance) { return "answer: \(fault)" }
        var withPIN = false
        if case .pin = assurance { withPIN = true }
        yes[question.id] = (question.deed.order, now + 10, withPIN)
        return try begin(question)
    }

    private mutating func begin(_ chosen: LaresAccess.Confirmation? = nil) throws -> String? {
        guard let question = chosen ?? questions.randomElement(using: &random) else { return nil }
        let target = Int.random(in: 0..<5, using: &random) == 0 ? deed().target : question.deed.target
        let permit = try attempt { try access.guardian.begin(question.id, on: target, hazards: question.deed.hazards, now: now) }
        guard let permit else { return nil }
        begun += 1
        guard let answer = yes[question.id], now < answer.ends else { return "begun without a yes" }
        yes[question.id]?.ends = .distantPast
        guard permit.deed.order == answer.order, permit.deed.target == question.deed.target else { return "another deed was begun" }
        let asked = asked(permit.deed, permit.deed.principal.roles)
        if asked == .refuse { return "begun though it is refused now" }
        let needsPIN = asked == .pin || (asked == .pinIfSet && canGivePIN(permit.deed.principal))
        return needsPIN && !answer.withPIN ? "begun without the PIN that it needs" : nil
    }
}
