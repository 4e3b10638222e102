import Foundation
import LaresAccess
import LaresJSON
import Testing

@Suite struct HomeGuardTests {
    private let start = AccessUnderTest.start

    @Test func aPersonSaysThatTheyMeanIt() throws {
        try withAccess { access in
            let deed = Deed.unlocking(by: try access.person("Anna", .owner).principal)
            #expect(try access.guardian.judge(deed, now: start) == .needs(.confirmation))
            #expect(try access.guardian.judge(deed, .standing(by: "Anna"), now: start) == .needs(.confirmation))
            #expect(try access.guardian.judge(deed, .confirmed, now: start).isPermitted)
            #expect(try access.acts().prefix(3) == [.deedPermitted, .deedHeld, .deedHeld])
        }
    }

    @Test func whatIsNotDangerousIsDoneWithoutALine() throws {
        try withAccess { access in
            let deed = Deed.lighting(by: .local, .api)
            guard case .permitted(let permit) = try access.guardian.judge(deed) else { return #expect(Bool(false)) }
            #expect(permit.deed == deed && permit.warrantor == nil)
            #expect(try access.acts().isEmpty)
        }
    }

    @Test(arguments: [
        (Deed.Path.rule, Assurance.confirmed, false), (.rule, .pin("4071"), false), (.rule, .standing(by: "Anna"), true),
        (.schedule, .standing(by: "Anna"), true), (.model, .standing(by: "Anna"), false), (.model, .confirmed, false),
        (.model, .pin("4071"), false), (.voice, .confirmed, false), (.voice, .pin("4071"), true), (.voice, .standing(by: "Anna"), false),
    ])
    func onOtherWaysOnlyThisIsEnough(path: Deed.Path, assurance: Assurance, isEnough: Bool) throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner, pin: "4071").principal
            #expect(try access.guardian.judge(.unlocking(by: anna, path), assurance, now: start).isPermitted == isEnough)
        }
    }

    @Test(arguments: [Assurance.none, .confirmed, .pin("4071"), .standing(by: "Anna")])
    func anAgentIsNotBelieved(assurance: Assurance) throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner, pin: "4071").person
            let bot = try access.key("bot", .agent, person: anna.id)
            for path in [Deed.Path.api, .console, .commandLine, .model, .voice] {
                #expect(try !access.guardian.judge(.unlocking(by: bot, path), assurance, now: start).isPermitted)
            }
        }
    }

    @Test func atAPanelForEverybodyAPINOpensWhatItsPersonMay() throws {
        try withAccess { access in
            let anna = try access.person("Anna", .owner, pin: "4071").person, leo = try access.person("Leo", .child, pin: "9031").person
            let deed = Deed.unlocking(by: try access.key("panel", .resident))
            // Somebody has a PIN, and nobody knows who stands there.
            #expect(try access.guardian.judge(deed, .confirmed, now: start) == .needs(.pin))
            #expect(try access.guardian.judge(deed, .pin("9031", of: leo.id), now: start) == .refused(.tooDangerous))
            guard case .permitted(let permit) = try access.guardian.judge(deed, .pin("4071", of: anna.id), now: start) else {
                return #expect(Bool(false))
            }
            #expect(permit.warrantor == "Anna")
        }
    }

    @Test func aRefusalIsLoggedWithItsReason() throws {
        try withAccess { access in
            let leo = try access.person("Leo", .child).principal
            #expect(try access.guardian.judge(.unlocking(by: leo), .confirmed, now: start) == .refused(.tooDangerous))
            let line = try #require(try access.audit.entries().first)
            #expect(line.act == .deedRefused && line.actor == "Leo's phone" && line.detail?["reason"] == "too_dangerous")
            #expect(line.detail?["path"] == "console")
        }
    }

    @Test func anOrderThatNobodyCanReadIsNotConfirmed() throws {
        try withAccess { access in
            let order: JSON = ["text": .string(String(repeating: "a", count: 5000))]
            let deed = Deed(by: .local, through: .api, on: Deed.door, hazards: [.opens], order: order)
            let judgement = try access.guardian.judge(deed, .confirmed, now: start)
            #expect(judgement == .refused(.tooLong))
            #expect(try access.audit.entries().first?.subject == "front/door")
        }
    }

    @Test func aPolicySetByAnotherProcessCountsAtOnce() throws {
        try withAccess { access in
            let deed = Deed.unlocking(by: .local)
            #expect(try access.guardian.judge(deed, .confirmed, now: start).isPermitted)
            var policy = HomePolicy()
            policy.set(.refuse, to: .opens, of: .owner)
            try access.reopened().guardian.policies.set(policy, by: .local)
            #expect(try access.guardian.judge(deed, .confirmed, now: start) == .refused(.tooDangerous))
        }
    }
}
