import LaresAccess
import LaresJSON
import Testing

@Suite struct HomePolicyTests {
    private static func expected(_ role: Role, _ hazard: Deed.Hazard, hasPIN: Bool) -> HomePolicy.Decision {
        switch role {
        case .viewer: .refused(.looksOnly)
        case .guest, .child: .refused(.tooDangerous)
        case .agent: .needsConfirmation
        case .owner, .resident: hazard != .heats && hasPIN ? .needsPIN : .needsConfirmation
        }
    }

    @Test func aPolicyFollowsThingsThatAreCalledOtherwise() {
        var policy = HomePolicy()
        policy.scopes[.guest] = Scope(areas: ["hall"], things: ["hall/lamp", "hall/door"])
        policy.keyScopes["panel"] = Scope(things: ["hall/lamp"])
        policy.keyScopes["wall"] = Scope(categories: ["light"])
        let renamed = policy.calling(things: ["hall/lamp": "hall/lamp-2", "hall": "loft"])
        #expect(renamed.scopes[.guest] == Scope(areas: ["hall"], things: ["hall/lamp-2", "hall/door"]))
        #expect(renamed.keyScopes == ["panel": Scope(things: ["hall/lamp-2"]), "wall": Scope(categories: ["light"])])
        #expect(renamed.answer(to: .opens, of: .owner) == policy.answer(to: .opens, of: .owner))
    }

    /// All roles × hazards × paths × with and without a PIN: 6 × 4 × 7 × 2.
    @Test(arguments: Role.allCases, Deed.Hazard.allCases)
    func theUsualPolicyIsThisTable(role: Role, hazard: Deed.Hazard) {
        for path in Deed.Path.allCases {
            for hasPIN in [false, true] {
                let deed = Deed.unlocking(by: Principal(name: "a", roles: [role]), path, hazards: [hazard])
                let decision = HomePolicy().decision(on: deed, hasPIN: hasPIN)
                #expect(decision == Self.expected(role, hazard, hasPIN: hasPIN), "\(path), PIN \(hasPIN)")
            }
        }
    }

    @Test(arguments: Role.allCases, Deed.Path.allCases)
    func whatIsNotDangerousIsDoneByAllButViewers(role: Role, path: Deed.Path) {
        let decision = HomePolicy().decision(on: .lighting(by: Principal(name: "a", roles: [role]), path), hasPIN: true)
        #expect(decision == (role == .viewer ? .refused(.looksOnly) : .allowed))
    }

    @Test(arguments: Deed.Path.allCases)
    func whatIsAllowedByHandNeedsAPersonOnEveryOtherWay(path: Deed.Path) {
        var policy = HomePolicy()
        for hazard in Deed.Hazard.allCases { for role in Role.allCases { policy.set(.allow, to: hazard, of: role) } }
        func decision(_ role: Role) -> HomePolicy.Decision {
            policy.decision(on: .unlocking(by: Principal(name: "a", roles: [role]), path), hasPIN: true)
        }
        #expect(decision(.owner) == ([.api, .console, .commandLine].contains(path) ? .allowed : .needsConfirmation))
        #expect(decision(.agent) == .needsConfirmation)
        #expect(decision(.viewer) == .refused(.looksOnly))
    }

    @Test func ofSeveralHazardsAndRolesTheStrictestCounts() {
        var policy = HomePolicy()
        policy.set(.allow, to: .heats, of: .owner)
        policy.set(.pin, to: .opens, of: .owner)
        policy.set(.refuse, to: .disarms, of: .resident)
        func decision(_ roles: Set<Role>, _ hazards: Set<Deed.Hazard>) -> HomePolicy.Decision {
            policy.decision(on: .unlocking(by: Principal(name: "a", roles: roles), hazards: hazards), hasPIN: false)
        }
        #expect(decision([.owner], [.heats]) == .allowed)
        #expect(decision([.owner], [.heats, .opens]) == .needsPIN)
        #expect(decision([.owner, .resident], [.disarms]) == .refused(.tooDangerous))
        #expect(decision([.owner, .guest], [.opens]) == .refused(.tooDangerous))
        #expect(decision([.owner, .viewer], []) == .refused(.looksOnly))
        // What isn't known is as bad as the worst.
        #expect(decision([.owner], [.unknown]) == .needsPIN)
        #expect(decision([.resident], [.unknown]) == .refused(.tooDangerous))
        #expect(decision([.owner], [.named("explodes")]) == .needsPIN)
    }

    @Test func aScopeLimitsWhatIsSeenAndSet() {
        var policy = HomePolicy()
        policy.scopes[.guest] = Scope(areas: ["hall"])
        policy.keyScopes["panel"] = Scope(categories: ["light"], things: ["hall/lamp"])
        let guest = Principal(name: "guest", roles: [.guest]), panel = Principal(name: "panel", roles: [.owner])
        func decision(_ deed: Deed) -> HomePolicy.Decision { policy.decision(on: deed, hasPIN: false) }
        #expect(decision(.lighting(by: guest)) == .allowed)
        for area in ["bath", nil] { #expect(decision(.lighting(by: guest, area: area)) == .refused(.outOfScope)) }
        #expect(decision(.lighting(by: panel)) == .allowed)
        #expect(decision(.unlocking(by: panel)) == .refused(.outOfScope))
        #expect(policy.shows(Deed.door, to: guest, through: .console) && !policy.shows(Deed.door, to: panel, through: .console))
    }

    @Test func whoActsThroughAModelSeesWhatIsExposedToModels() {
        let owner = Principal(name: "anna", roles: [.owner])
        let camera = Deed.Target(thing: "hall/camera", category: "camera", area: "hall")
        #expect(HomePolicy().shows(camera, to: owner, through: .console))
        #expect(!HomePolicy().shows(camera, to: owner, through: .model))
        #expect(!HomePolicy().shows(camera, to: Principal(name: "bot", roles: [.agent]), through: .api))
        #expect(HomePolicy().shows(Deed.door, to: owner, through: .model))
    }

    @Test func nobodyWithoutARoleDoesAnything() {
        #expect(Principal(name: "x", roles: []).roles == [.viewer])
        #expect(Principal.local.roles == [.owner] && Principal(name: "x").roles == [.viewer])
        #expect(!Principal(name: "x", roles: [.owner, .resident]).mayAdminister)
    }

    @Test func equalOrdersHaveOneFingerprint() {
        let a = Principal(name: "a", roles: [.owner]), b = Principal(name: "b", roles: [.agent])
        func deed(_ by: Principal, _ order: JSONOrder, _ target: Deed.Target = Deed.door, _ hazards: Set<Deed.Hazard> = [.opens]) -> String
        {
            Deed(by: by, through: .api, on: target, hazards: hazards, order: order.json).fingerprint
        }
        #expect(deed(a, .one) == deed(b, .oneTurned))
        #expect(deed(a, .one) != deed(a, .other))
        #expect(deed(a, .one) != deed(a, .one, Deed.Target(thing: "front/door", category: "lock", area: "garden")))
        #expect(deed(a, .one) != deed(a, .one, Deed.Target(thing: "back/door", category: "lock", area: "hall")))
        #expect(deed(a, .one) != deed(a, .one, Deed.door, [.opens, .heats]))
    }

    @Test func aLogLineShowsNoCodesAndNothingThatMovesText() {
        let deed = Deed(
            by: .local, through: .api, on: Deed.Target(thing: "a\u{202E}b", category: "lock"),
            order: ["locked": false, "code": "4711", "text": "x\u{200B}"])
        #expect(deed.summary == #"a\u{202e}b {"code":"…","locked":false,"text":"x\u{200b}"}"#)
    }
}
